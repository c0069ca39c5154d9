import type { CallKey, ResumptionHandle } from '../db/call-sessions.ts';
import { createTenantCourier } from './tenant-courier.ts';

/** Stores a call's handle together with those that other calls have at that time; false where its epoch is over. */
export function createHandleCourier(
  write: (tenantId: string, handles: readonly ResumptionHandle[]) => Promise<readonly string[]>,
  gatherMs?: number,
): (handle: CallKey & ResumptionHandle) => Promise<boolean> {
  const send = createTenantCourier(write, gatherMs);
  return async ({ tenantId, ...handle }) => (await send(tenantId, handle)).includes(handle.callId);
}
