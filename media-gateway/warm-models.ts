import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.ts';
import type { OpenModel } from './session/open-model.ts';

/** Model sessions opened for streams that are about to connect. */
export interface WarmModels {
  /** Keeps the session that `open` makes until its stream takes it, at most `KEEP_MS`. A repeat does nothing. */
  add(key: WarmKey, open: () => Promise<OpenModel>): void;
  /** The session of this stream, open or opening; afterwards it is the taker's. */
  take(key: WarmKey): Promise<OpenModel> | undefined;
  /** Closes what nobody took. */
  closeAll(): void;
}

export interface WarmKey {
  readonly callId: string;
  readonly epoch: number;
}

const KEEP_MS = 15_000;
const MAX_KEPT = 100;

export function createWarmModels({ log }: { log: Logger }): WarmModels {
  const kept = new Map<string, { opening: Promise<OpenModel>; timer: NodeJS.Timeout }>();
  const nameOf = ({ callId, epoch }: WarmKey): string => `${epoch}/${callId}`;
  const remove = (name: string): Promise<OpenModel> | undefined => {
    const entry = kept.get(name);
    kept.delete(name);
    clearTimeout(entry?.timer);
    return entry?.opening;
  };
  const close = (name: string): void => {
    void remove(name)
      ?.then(({ model, session }) => model.stopSession(session.sessionId))
      .catch(() => {}); // said when it failed to open
  };
  return {
    add(key, open) {
      const name = nameOf(key);
      if (kept.has(name) || kept.size >= MAX_KEPT) return;
      const opening = open();
      opening.catch((failure: unknown) => {
        log.warn({ callId: key.callId, reason: messageOf(failure) }, 'model not warmed');
        void remove(name);
      });
      kept.set(name, { opening, timer: setTimeout(() => close(name), KEEP_MS) });
    },
    take: (key) => remove(nameOf(key)),
    closeAll() {
      for (const name of kept.keys()) close(name);
    },
  };
}
