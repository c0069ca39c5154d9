import type { CallTurns } from '../db/turns.ts';
import { createTenantCourier } from './tenant-courier.ts';
import type { WriteTurns } from './turn-backlog.ts';

/** Writes turns of several calls of one tenant at once; returns those that came too late. */
export type WriteTogether = (
  tenantId: string,
  calls: readonly CallTurns[],
) => Promise<{ refused: readonly { callId: string }[] }>;

/** Writes turns as one call's, together with those that other calls have at that time. */
export function createTurnCourier(write: WriteTogether, gatherMs?: number): WriteTurns {
  const send = createTenantCourier(write, gatherMs);
  return async (tenantId, callId, turns) => {
    const { refused } = await send(tenantId, { callId, turns });
    return { refused: refused.filter((turn) => turn.callId === callId) };
  };
}
