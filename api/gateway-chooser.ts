import type { GatewayRef } from '../contracts/instructions.ts';
import { firstOf } from './kept-lookup.ts';

/** A gateway that may take a call: fresh and not draining, as the database judges it. */
export interface GatewayOffer extends GatewayRef {
  calls: number;
  capacity: number;
}

export interface GatewayChooserDeps {
  /** All gateways that are fresh and not draining now. */
  fresh: () => Promise<readonly GatewayOffer[]>;
  nowMs: () => number;
}

export interface GatewayChooser {
  /** The least loaded one; never `except`, unless it is the only one. Undefined where none is up. */
  choose(except?: string): Promise<GatewayRef | undefined>;
  /** Whether one is up, as far as is known. */
  isAnyUp(): Promise<boolean>;
}

/** How long a look at the table is good for. */
const keptMs = 250;
const waitMs = 250;

/** Counts what it gives away between two looks, so that a burst of calls spreads. Keeps its last look while the database is away. */
export function createGatewayChooser({ fresh, nowMs }: GatewayChooserDeps): GatewayChooser {
  let seen: readonly GatewayOffer[] = [];
  let seenAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let lookingSinceMs = 0;
  const given = new Map<string, number>();

  async function look(): Promise<void> {
    try {
      seen = await fresh();
      seenAtMs = nowMs();
      given.clear();
    } catch {
      // Better an offer that may be old than none: readiness reports the database.
    } finally {
      looking = undefined;
    }
  }

  const load = ({ gatewayId, calls, capacity }: GatewayOffer): number =>
    (calls + (given.get(gatewayId) ?? 0)) / Math.max(1, capacity);

  async function lookAgain(): Promise<void> {
    if (nowMs() - seenAtMs < keptMs) return;
    if (!looking) {
      lookingSinceMs = nowMs();
      looking = look();
    }
    // A table that says nothing keeps one call waiting, not each.
    const leftMs = lookingSinceMs + waitMs - nowMs();
    if (leftMs > 0) await firstOf(looking, leftMs, undefined);
  }

  return {
    isAnyUp: async () => {
      await lookAgain();
      return seen.length > 0;
    },
    choose: async (except) => {
      await lookAgain();
      const others = seen.filter(({ gatewayId }) => gatewayId !== except);
      const [best] = (others.length > 0 ? others : seen).toSorted((one, other) => load(one) - load(other));
      if (!best) return undefined;
      given.set(best.gatewayId, (given.get(best.gatewayId) ?? 0) + 1);
      return { gatewayId: best.gatewayId, mediaUrl: best.mediaUrl };
    },
  };
}
