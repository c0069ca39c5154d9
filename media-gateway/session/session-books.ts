import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { ModelUsage } from '../../contracts/realtime-model.ts';
import type { CallLine, VisitHandle } from './session-deps.ts';
import { createUsageMeter } from './usage-meter.ts';

/** What is put down of a session beside its turns: the model's handle, the last turn's number, what the models cost. */
export interface SessionBooks {
  used(modelId: string, usage: ModelUsage): void;
  tick(atMs: number): void;
  /** Puts down what there is to the end. */
  close(): void;
}

export interface SessionBooksDeps {
  line: Pick<CallLine, 'storeHandle' | 'checkpoint' | 'writeCosts'>;
  /** The latest handle that the next gateway could use. */
  handle: () => VisitHandle | undefined;
  lastSeq: () => number;
  startedMs: number;
  log: Logger;
}

const CHECKPOINT_EVERY_MS = 90_000; // seven events of history each: a call of ten minutes stays under 150
const HANDLE_EVERY_MS = 1000;

export function createSessionBooks({ line, handle, lastSeq, startedMs, log }: SessionBooksDeps): SessionBooks {
  const usage = createUsageMeter();
  let storedHandle: string | undefined;
  let handleStoredMs = 0;
  let checkpointMs = startedMs;

  const attempt = (what: string, attempted: Promise<unknown>): void => {
    attempted.catch((failure: unknown) => {
      log.warn({ what, reason: messageOf(failure) }, 'not brought to storage');
    });
  };
  const storeHandle = (): boolean => {
    const latest = handle();
    if (latest === undefined || latest.handle === storedHandle) return false;
    storedHandle = latest.handle;
    attempt('handle', line.storeHandle(latest));
    return true;
  };

  return {
    used: (modelId, tokens) => usage.add(modelId, tokens),
    tick(atMs) {
      if (atMs - handleStoredMs >= HANDLE_EVERY_MS && storeHandle()) handleStoredMs = atMs;
      if (atMs - checkpointMs < CHECKPOINT_EVERY_MS) return;
      checkpointMs = atMs;
      attempt('checkpoint', line.checkpoint(lastSeq()));
      attempt('costs', line.writeCosts(usage.totals()));
    },
    close() {
      storeHandle();
      attempt('costs', line.writeCosts(usage.totals()));
    },
  };
}
