/**
 * Brings a call's turns to storage in batches, at most `FLUSH_EVERY_MS` plus one write behind.
 *
 * Invariants:
 * W1 One write is under way at a time; what changes meanwhile goes with the next.
 * W2 What could not be written is tried again, its newest version, until it is or the call is given up.
 * W3 Each version of a turn carries a higher revision than the ones before it, by whichever way it is written in the end.
 * W4 At most `MAX_WAITING` turns wait; then the oldest are lost, and counted.
 */
import type { Logger } from 'pino';
import type { Turn } from '../../contracts/turns.ts';
import { messageOf } from '../../contracts/errors.ts';

export interface TurnWriter {
  add(turns: readonly Turn[]): void;
  /** Starts a write if one is due. */
  tick(atMs: number): void;
  /** Writes what is left; resolves when it is written or the time is up, with how many were not. */
  settle(withinMs: number): Promise<number>;
}

export interface TurnWriterDeps {
  write: (turns: readonly Turn[]) => Promise<void>;
  onLost?: ((turns: number) => void) | undefined;
  log: Logger;
}

const FLUSH_EVERY_MS = 200;
const RETRY_MS = 1000;
const MAX_WAITING = 1000;

export function createTurnWriter({ write, onLost, log }: TurnWriterDeps): TurnWriter {
  const waiting = new Map<number, Turn>();
  let writing: Promise<boolean> | undefined;
  let nextMs = 0;
  let lost = 0;
  let revision = 0;

  const put = (turn: Turn): void => {
    waiting.delete(turn.seq);
    waiting.set(turn.seq, turn);
    const [oldest] = waiting.keys();
    if (waiting.size <= MAX_WAITING || oldest === undefined) return;
    waiting.delete(oldest);
    lost += 1;
    onLost?.(1);
    log.error({ lost }, 'turns lost: storage is away too long');
  };
  const flush = async (): Promise<boolean> => {
    const batch = [...waiting.values()];
    waiting.clear();
    try {
      await write(batch);
      return true;
    } catch (failure) {
      log.warn({ turns: batch.length, reason: messageOf(failure) }, 'turns not written yet');
      for (const turn of batch) if (!waiting.has(turn.seq)) put(turn);
      return false;
    }
  };
  const start = (): Promise<boolean> => {
    writing ??= flush().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  return {
    add(turns) {
      revision += 1;
      for (const turn of turns) put({ ...turn, revision });
    },
    tick(atMs) {
      if (writing || waiting.size === 0 || atMs < nextMs) return;
      nextMs = atMs + FLUSH_EVERY_MS;
      void start().then((written) => {
        if (!written) nextMs = atMs + RETRY_MS;
      });
    },
    async settle(withinMs) {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, withinMs, true);
      });
      for (let over = false; !over && (writing !== undefined || waiting.size > 0);) {
        const attempt = start().then((written) => (written ? false : pause(200).then(() => false)));
        over = await Promise.race([attempt, timeUp]);
      }
      clearTimeout(timer);
      return waiting.size;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
