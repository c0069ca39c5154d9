import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import { toJsonb, wholeNumber } from './sql-values.ts';

/** One line of a call's bill. */
export interface CostEntry {
  /** Names the line within its call, such as `model/1/audio-input`: a second write replaces the first. */
  entryId: string;
  /** `model` or `telephony`. */
  kind: string;
  /** What was counted, such as `audio-input-token` or `telephony-second`. */
  unit: string;
  quantity: number;
  /** Integer millionths of the currency. */
  amountMillionths: number;
  /** ISO 4217. */
  currency: string;
  /** The date of the price table. */
  pricedOn: string;
}

export interface CostTotal {
  currency: string;
  totalMillionths: number;
}

export type CostStore = ReturnType<typeof createCostStore>;

/** What each call cost. */
export function createCostStore(database: Database) {
  return {
    writeCosts: async ({ tenantId, callId, entries }: CallKey & { entries: readonly CostEntry[] }): Promise<void> => {
      if (entries.length === 0) return;
      for (const { quantity, amountMillionths } of entries) {
        wholeNumber(quantity, 'a quantity');
        wholeNumber(amountMillionths, 'an amount');
      }
      const once = [...new Map(entries.map((entry) => [entry.entryId, entry])).values()];
      await database.forTenant(tenantId).execute(writeSql, [tenantId, callId, toJsonb(once)]);
    },

    readCosts: async ({ tenantId, callId }: CallKey): Promise<CostEntry[]> => {
      const rows = await database
        .forTenant(tenantId)
        .execute<Omit<CostEntry, 'quantity' | 'amountMillionths'> & BigintColumns>(readSql, [tenantId, callId]);
      return rows.map((row) => ({
        ...row,
        quantity: wholeNumber(Number(row.quantity), 'a quantity'),
        amountMillionths: wholeNumber(Number(row.amountMillionths), 'an amount'),
      }));
    },

    /** One total for each currency that the call was billed in. */
    totalCosts: async ({ tenantId, callId }: CallKey): Promise<CostTotal[]> => {
      const rows = await database.forTenant(tenantId).execute<{ currency: string; total: string }>(
        `select currency, sum(amount_millionths)::text as total from cost_entries
           where tenant_id = ? and call_id = ? group by currency order by currency`,
        [tenantId, callId],
      );
      return rows.map(({ currency, total }) => ({ currency, totalMillionths: wholeNumber(Number(total), 'a total') }));
    },
  };
}

const writeSql = `
  insert into cost_entries (tenant_id, call_id, entry_id, kind, unit, quantity, amount_millionths, currency, priced_on)
  select ?, ?, e."entryId", e.kind, e.unit, e.quantity, e."amountMillionths", e.currency, e."pricedOn"
  from jsonb_to_recordset(?::jsonb) as e("entryId" text, kind text, unit text, quantity bigint, "amountMillionths" bigint,
    currency text, "pricedOn" text)
  on conflict (tenant_id, call_id, entry_id) do update set
    kind = excluded.kind, unit = excluded.unit, quantity = excluded.quantity, amount_millionths = excluded.amount_millionths,
    currency = excluded.currency, priced_on = excluded.priced_on`;

/** The driver gives a bigint column as text. */
interface BigintColumns {
  quantity: string;
  amountMillionths: string;
}

const readSql = `select entry_id as "entryId", kind, unit, quantity, amount_millionths as "amountMillionths", currency,
    priced_on as "pricedOn"
  from cost_entries where tenant_id = ? and call_id = ? order by entry_id`;
