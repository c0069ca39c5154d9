/**
 * What must be known before a tenant is. Each is one `security definer` function of the database that returns only this;
 * `platform-tables.ts` lists them with their reasons, and a test compares the list with the database.
 */
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import type { Database } from './database.ts';
import type { SealedCredential } from './provider-credentials.ts';

/** A call that has not ended, as anybody must find it who picks up after a process that died. */
export interface LiveCall {
  tenantId: string;
  callId: string;
  phase: string;
  epoch: number;
  gatewayId?: string;
  carrierAccountId?: string;
  carrierCallId?: string;
  degradedPlan?: DegradedPlan;
  /** Since its admission, by the database's clock. */
  ageMs: number;
  adopted: boolean;
}

export type Lookups = ReturnType<typeof createLookups>;

export function createLookups(database: Database) {
  return {
    /**
     * The secrets that tenants keep for an account of a vendor: several where they share it, and whoever entered the
     * account is among them. The one whose secret verifies the signature is the tenant that is being called.
     */
    accountCredentials: (provider: string, accountId: string): Promise<SealedCredential[]> =>
      database.platform.execute<SealedCredential>(
        `select tenant_id as "tenantId", credential_id as "credentialId", sealed_secret as "sealedSecret"
           from account_credentials(?, ?) order by tenant_id, credential_id`,
        [provider, accountId],
      ),

    callTenant: async (callId: string): Promise<string | undefined> => {
      const [row] = await database.platform.execute<{ tenantId: string | null }>(
        'select call_tenant(?) as "tenantId"',
        [callId],
      );
      return row?.tenantId ?? undefined;
    },

    /** Who has entered a number. */
    numberTenants: async (phoneNumber: string): Promise<string[]> => {
      const rows = await database.platform.execute<{ tenantId: string }>(
        'select tenant_id as "tenantId" from number_tenants(?) order by tenant_id',
        [phoneNumber],
      );
      return rows.map(({ tenantId }) => tenantId);
    },

    allTenants: async (): Promise<string[]> => {
      const rows = await database.platform.execute<{ tenantId: string }>(
        'select tenant_id as "tenantId" from all_tenants() order by tenant_id',
      );
      return rows.map(({ tenantId }) => tenantId);
    },

    /** Every number of every tenant. */
    knownNumbers: (): Promise<{ tenantId: string; phoneNumber: string; accountId: string }[]> =>
      database.platform.execute<{ tenantId: string; phoneNumber: string; accountId: string }>(
        `select tenant_id as "tenantId", phone_number as "phoneNumber", account_id as "accountId"
           from known_numbers() order by tenant_id, phone_number`,
      ),

    /** Oldest first; of one gateway where it is named. */
    liveCalls: async ({ gatewayId }: { gatewayId?: string } = {}): Promise<LiveCall[]> => {
      const rows = await database.platform.execute<{ call: LiveCall }>(liveSql, [gatewayId ?? null]);
      return rows.map(({ call }) => call);
    },
  };
}

const liveSql = `select jsonb_strip_nulls(jsonb_build_object('tenantId', tenant_id, 'callId', call_id, 'phase', phase, 'epoch', epoch,
    'gatewayId', gateway_id, 'carrierAccountId', carrier_account_id, 'carrierCallId', carrier_call_id,
    'degradedPlan', degraded_plan, 'ageMs', round(age_ms), 'adopted', adopted)) as call
  from live_calls(?) order by age_ms desc`;
