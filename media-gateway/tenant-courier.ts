/**
 * Brings what the calls of this process have for the database there together: what comes for one tenant within `gatherMs`, or
 * while a transaction of his is under way, is one transaction, and hundreds of calls cost it no more than a few.
 *
 * Invariants:
 * C1 A tenant has one transaction under way at a time, so that two versions of a thing never overtake each other.
 * C2 What one parcel breaks fails for that parcel alone.
 * C3 A tenant's parcels are never in another's transaction.
 */
import { isAway } from './turn-backlog.ts';

/** Resolves with the result of the transaction that the parcel was part of. */
export type SendParcel<Parcel, Result> = (tenantId: string, parcel: Parcel) => Promise<Result>;

interface Waiting<Parcel, Result> {
  readonly parcel: Parcel;
  readonly resolve: (result: Result) => void;
  readonly reject: (failure: unknown) => void;
}

/** What sets off together, as soon as it is gathered and the transaction before it is over. */
interface Round<Parcel, Result> {
  readonly waiting: Waiting<Parcel, Result>[];
  isGathered: boolean;
}

const GATHER_MS = 50; // of the half second within which a turn is to be stored

export function createTenantCourier<Parcel, Result>(
  write: (tenantId: string, parcels: readonly Parcel[]) => Promise<Result>,
  gatherMs = GATHER_MS,
): SendParcel<Parcel, Result> {
  const rounds = new Map<string, Round<Parcel, Result>>();
  const busy = new Set<string>();

  const deliver = async (tenantId: string, batch: readonly Waiting<Parcel, Result>[]): Promise<void> => {
    try {
      const parcels = batch.map(({ parcel }) => parcel);
      const result = await write(tenantId, parcels);
      for (const { resolve } of batch) resolve(result);
    } catch (failure) {
      if (batch.length === 1 || isAway(failure)) {
        for (const { reject } of batch) reject(failure);
        return;
      }
      for (const one of batch) await deliver(tenantId, [one]);
    }
  };
  const setOff = (tenantId: string): void => {
    const round = rounds.get(tenantId);
    if (!round?.isGathered || busy.has(tenantId)) return;
    rounds.delete(tenantId);
    busy.add(tenantId);
    void deliver(tenantId, round.waiting).finally(() => {
      busy.delete(tenantId);
      setOff(tenantId);
    });
  };
  const gather = (tenantId: string): Round<Parcel, Result> => {
    const round: Round<Parcel, Result> = { waiting: [], isGathered: false };
    rounds.set(tenantId, round);
    setTimeout(() => {
      round.isGathered = true;
      setOff(tenantId);
    }, gatherMs);
    return round;
  };

  return (tenantId, parcel) =>
    new Promise((resolve, reject) => {
      const round = rounds.get(tenantId) ?? gather(tenantId);
      round.waiting.push({ parcel, resolve, reject });
    });
}
