/**
 * Brings the turns of all calls of this process to the database together: what comes for one tenant within `GATHER_MS`, or
 * while a transaction of his is under way, is one transaction, and hundreds of calls cost it no more than a few.
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

/** What sets off together, as soon as it is gathered and the transaction before it is over. */
interface Round {
  readonly parcels: Parcel[];
  isGathered: boolean;
}

const GATHER_MS = 50; // of the half second within which a turn is to be stored

export function createTurnCourier(write: WriteTogether, gatherMs = GATHER_MS): WriteTurns {
  const waiting = new Map<string, Round>();
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
    const round = waiting.get(tenantId);
    if (!round?.isGathered || busy.has(tenantId)) return;
    waiting.delete(tenantId);
    busy.add(tenantId);
    void deliver(tenantId, round.parcels).finally(() => {
      busy.delete(tenantId);
      setOff(tenantId);
    });
  };
  const gather = (tenantId: string): Round => {
    const round: Round = { parcels: [], isGathered: false };
    waiting.set(tenantId, round);
    setTimeout(() => {
      round.isGathered = true;
      setOff(tenantId);
    }, gatherMs);
    return round;
  };

  return (tenantId, callId, turns) =>
    new Promise((resolve, reject) => {
      const round = waiting.get(tenantId) ?? gather(tenantId);
      round.parcels.push({ callId, turns, resolve, reject });
    });
}
