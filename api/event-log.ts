import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../contracts/errors.ts';
import type { Json } from '../contracts/tools.ts';

/** Something about a call that operators look for. A repeated `eventId` of a call changes nothing. */
export interface CallEvent {
  tenantId: string;
  callId: string;
  eventId: string;
  kind: string;
  atMs: number;
  data: Json;
}

export interface EventLogDeps {
  append: (event: CallEvent) => Promise<void>;
  log: FastifyBaseLogger;
}

export interface EventLog {
  /** Returns at once; nothing that a caller waits for hangs on it. */
  add(event: CallEvent): void;
  /** Tries what could not be written yet. Never throws. */
  flush(): Promise<void>;
}

/** Beyond this many the oldest is dropped, and said so. */
const maxKept = 2000;

/** Call events on their way to the database, kept in order while it is away. */
export function createEventLog({ append, log }: EventLogDeps): EventLog {
  const kept: CallEvent[] = [];
  let flushing: Promise<void> | undefined;

  async function drain(): Promise<void> {
    for (let [event] = kept; event; [event] = kept) {
      try {
        await append(event);
      } catch (err) {
        if (err instanceof AppError && err.retry) {
          log.warn({ err, events: kept.length }, 'call events not written yet');
          return;
        }
        log.error({ tenantId: event.tenantId, callId: event.callId, kind: event.kind, err }, 'call event refused');
      }
      if (kept[0] === event) kept.shift();
    }
  }

  const flush = (): Promise<void> => {
    flushing ??= drain().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };

  return {
    add: (event) => {
      kept.push(event);
      const dropped = kept.length > maxKept ? kept.shift() : undefined;
      if (dropped)
        log.error({ tenantId: dropped.tenantId, callId: dropped.callId, kind: dropped.kind }, 'call event dropped');
      void flush();
    },
    flush,
  };
}
