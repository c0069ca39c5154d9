import { createHash } from 'node:crypto';
import { askTurn, catchUpMs, type DialTurn, emptyDialQueue, tooOften } from '../contracts/dial-queue.ts';
import { AppError } from '../contracts/errors.ts';
import type { DialAccountStore } from '../db/dial-accounts.ts';
import type { DialKey } from './dial-ledger.ts';

/** Whoever was not given his turn asks again after `afterMs`. Nothing was dialled. */
export class DialLater extends AppError {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super('dial-later', 'it is not this call’s turn to dial');
    this.name = 'DialLater';
    this.afterMs = afterMs;
  }
}

export interface DialPaceOptions {
  /** Calls that the carrier lets an account start in a second. */
  perSecond: number;
  accounts: Pick<DialAccountStore, 'changeQueue'>;
  nowMs: () => number;
  pause: (ms: number) => Promise<unknown>;
}

/** A turn: it is over at that time of `nowMs`. */
export interface GivenTurn {
  untilMs: number;
}

export interface DialPace {
  /** The call's turn to dial on the account; throws `DialLater` where that is not within the next moment. */
  turn(accountId: string, call: DialKey): Promise<GivenTurn>;
  /** The carrier says that it is asked too often; gives how long the account pauses, in milliseconds. */
  tooOften(accountId: string): Promise<number>;
}

/** So long a turn is good: what was given at an even pace is to reach the carrier at an even pace. */
const goodForMs = 50;
/** Who must wait no longer than this waits here, the others in their workflows. */
const shortWaitMs = 250;
const shortWaits = 4;

/**
 * How fast accounts start calls, whatever process dials: turns are given from a row of Postgres. They are a tenth further
 * apart than the carrier asks for, so that what a turn may be late by (`catchUpMs`, `goodForMs`) never adds up to one too many
 * within a second.
 */
export function createDialPace({ perSecond, accounts, nowMs, pause }: DialPaceOptions): DialPace {
  const spacingMs = (1000 + catchUpMs + goodForMs) / perSecond;

  return {
    turn: async (accountId, { tenantId, callId }) => {
      const asker = { tenant: nameless(accountId, tenantId), call: nameless(tenantId, callId) };
      for (let waited = 0; ; waited++) {
        let askedAtMs = 0;
        const turn: DialTurn = await accounts.changeQueue(accountId, emptyDialQueue, (queue, atMs) => {
          askedAtMs = nowMs();
          return askTurn(queue, asker, atMs, spacingMs);
        });
        if (turn.type === 'now') return { untilMs: askedAtMs + goodForMs };
        if (turn.afterMs > shortWaitMs || waited >= shortWaits) throw new DialLater(Math.ceil(turn.afterMs));
        await pause(turn.afterMs);
      }
    },
    tooOften: (accountId) => accounts.changeQueue(accountId, emptyDialQueue, tooOften),
  };
}

/** The same name each time, from which nobody can read whose it is. */
function nameless(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}
