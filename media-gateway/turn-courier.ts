/**
 * Brings the turns of all calls of this process to the database together: what comes within `GATHER_MS` for one tenant is
 * one transaction, and hundreds of calls cost it no more than a few.
 *
 * Invariants:
 * C1 A tenant has one transaction under way at a time, so that two versions of a turn never overtake each other.
 * C2 What one call's turns break fails for that call alone.
 * C3 A tenant's turns are never in another's transaction.
 */
import type { CallTurns } from '../db/turns.ts';
import { isAway, type WriteTurns } from './turn-backlog.ts';

/** Writes turns of several calls of one tenant at once; returns those that came too late. */
export type WriteTogether = (
  tenantId: string,
  calls: readonly CallTurns[],
) => Promise<{ refused: readonly { callId: string }[] }>;

interface Parcel extends CallTurns {
  resolve: (result: { refused: readonly object[] }) => void;
  reject: (failure: unknown) => void;
}

const GATHER_MS = 50; // of the half second within which a turn is to be stored

export function createTurnCourier(write: WriteTogether, gatherMs = GATHER_MS): WriteTurns {
  const waiting = new Map<string, Parcel[]>();
  const busy = new Set<string>();

  const deliver = async (tenantId: string, parcels: readonly Parcel[]): Promise<void> => {
    try {
      const { refused } = await write(tenantId, parcels);
      for (const { callId, resolve } of parcels) {
        resolve({ refused: refused.filter((turn) => turn.callId === callId) });
      }
    } catch (failure) {
      if (parcels.length === 1 || isAway(failure)) {
        for (const { reject } of parcels) reject(failure);
        return;
      }
      for (const parcel of parcels) await deliver(tenantId, [parcel]);
    }
  };
  const setOff = (tenantId: string): void => {
    busy.add(tenantId);
    setTimeout(() => {
      const parcels = waiting.get(tenantId) ?? [];
      waiting.delete(tenantId);
      void deliver(tenantId, parcels).finally(() => {
        busy.delete(tenantId);
        if (waiting.has(tenantId)) setOff(tenantId);
      });
    }, gatherMs);
  };

  return (tenantId, callId, turns) =>
    new Promise((resolve, reject) => {
      const parcels = waiting.get(tenantId) ?? [];
      waiting.set(tenantId, parcels);
      parcels.push({ callId, turns, resolve, reject });
      if (!busy.has(tenantId)) setOff(tenantId);
    });
}
