import type { Turn } from '../contracts/turns.ts';
import { AppError } from '../contracts/errors.ts';
import type { TurnBatch } from './spool-file.ts';

/** Turns that wait for the database, of each call in the order in which they came, each in its newest version. */
export interface TurnBacklog {
  add(batch: TurnBatch): void;
  /** Calls whose turns wait. */
  size(): number;
  /** Whether turns of this call wait. */
  has(tenantId: string, callId: string): boolean;
  /** Turns that wait. */
  turns(): number;
  /**
   * Tries each call once, the first alone and then several together; false where the database is away, and the rest was
   * not tried.
   */
  write(write: WriteTurns, onDropped: (batch: TurnBatch, failure: unknown) => void): Promise<boolean>;
}

export type WriteTurns = (
  tenantId: string,
  callId: string,
  turns: readonly Turn[],
) => Promise<{ refused: readonly object[] }>;

interface Waiting {
  tenantId: string;
  callId: string;
  turns: Map<string, Turn>;
  refusals: number;
}

/** A call's row may come later than its turns: both were kept from the database. */
const mostRefusals = 120;

/** Calls whose turns are written at the same time. */
const together = 25;

export function createTurnBacklog(): TurnBacklog {
  const calls = new Map<string, Waiting>();
  const nameOf = (tenantId: string, callId: string): string => `${tenantId}/${callId}`;
  /** False where the database is away. */
  const tryCall = async (
    waiting: Waiting,
    write: WriteTurns,
    onDropped: (batch: TurnBatch, failure: unknown) => void,
  ): Promise<boolean> => {
    const { tenantId, callId } = waiting;
    const turns = [...waiting.turns.values()];
    try {
      await write(tenantId, callId, turns);
    } catch (failure) {
      if (isAway(failure)) return false;
      waiting.refusals += 1;
      if (waiting.refusals < mostRefusals) return true;
      onDropped({ tenantId, callId, turns }, failure);
    }
    // What came meanwhile goes with the next attempt.
    const tried = new Set(turns);
    for (const [key, turn] of waiting.turns) if (tried.has(turn)) waiting.turns.delete(key);
    if (waiting.turns.size === 0) calls.delete(nameOf(tenantId, callId));
    return true;
  };

  return {
    add({ tenantId, callId, turns }) {
      const name = nameOf(tenantId, callId);
      const waiting = calls.get(name) ?? { tenantId, callId, turns: new Map<string, Turn>(), refusals: 0 };
      calls.set(name, waiting);
      for (const turn of turns) waiting.turns.set(`${turn.epoch}/${turn.seq}`, turn);
    },
    size: () => calls.size,
    has: (tenantId, callId) => calls.has(nameOf(tenantId, callId)),
    turns: () => [...calls.values()].reduce((sum, { turns }) => sum + turns.size, 0),
    async write(write, onDropped) {
      const waiting = [...calls.values()];
      for (let from = 0, to = 1; from < waiting.length; from = to, to += together) {
        const tries = waiting.slice(from, to).map((one) => tryCall(one, write, onDropped));
        if ((await Promise.all(tries)).includes(false)) return false;
      }
      return true;
    },
  };
}

export function isAway(failure: unknown): boolean {
  return failure instanceof AppError && failure.retry;
}
