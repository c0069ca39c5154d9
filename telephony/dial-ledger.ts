import type { Database } from '../db/database.ts';
import { createRequestLedger } from './request-ledger.ts';

/** Which call is dialled; `idempotencyKey` is already part of the call's id. */
export interface DialKey {
  tenantId: string;
  callId: string;
}

/** `mine`: dial now. `placed`: it was dialled. `unknown`: somebody began and nobody knows what came of it. */
export type DialClaim =
  | { type: 'mine' }
  | { type: 'placed'; carrierCallId: string }
  | { type: 'unknown'; sinceMs: number };

/** The durable record that keeps a call from being dialled twice. */
export interface DialLedger {
  /** At most one caller ever gets `mine`, until it is released. */
  claim(key: DialKey, atMs: number): Promise<DialClaim>;
  placed(key: DialKey, carrierCallId: string, atMs: number): Promise<void>;
  /** The carrier certainly did not dial: the next one may. */
  release(key: DialKey, atMs: number): Promise<void>;
  /** Whether somebody has asked the carrier to dial, and it has not certainly refused. */
  isUnderWay(key: DialKey): Promise<boolean>;
  /** Whether a call at the carrier belongs to another call of ours. */
  isTaken(key: DialKey, carrierCallId: string): Promise<boolean>;
}

/** The ledger of requests, of which a call has one to dial. */
export function createDialLedger(database: Database): DialLedger {
  const requests = createRequestLedger(database);
  const request = (key: DialKey) => ({ ...key, name: 'dial' });
  return {
    claim: async (key, atMs) => {
      const claim = await requests.claim(request(key), atMs);
      if (claim.type !== 'done') return claim;
      const { carrierCallId } = claim.data;
      return { type: 'placed', carrierCallId: typeof carrierCallId === 'string' ? carrierCallId : '' };
    },
    placed: (key, carrierCallId, atMs) => requests.placed(request(key), { carrierCallId }, atMs),
    release: (key, atMs) => requests.release(request(key), atMs),
    isUnderWay: (key) => requests.isUnderWay(request(key)),
    isTaken: async ({ tenantId, callId }, carrierCallId) => {
      const found = await database
        .forTenant(tenantId)
        .run((em) => em.execute<object[]>(takenSql, [tenantId, callId, carrierCallId, carrierCallId, callId]));
      return found.length > 0;
    },
  };
}

const takenSql = `select 1 as found where exists (
  select from call_events where tenant_id = ? and call_id <> ? and kind = 'dial-placed' and data ->> 'carrierCallId' = ?)
  or exists (select from call_sessions where carrier_call_id = ? and call_id <> ?)`;
