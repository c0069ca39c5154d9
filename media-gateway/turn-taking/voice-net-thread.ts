import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { AskNet, NetAnswer } from './line-judge.ts';

/** What the thread is sent, and what comes back. */
export interface NumberedQuestion {
  readonly id: number;
  readonly pcm: Int16Array;
  readonly state?: Float32Array;
}
export type FromNetThread = { readonly type: 'ready' } | ({ readonly type: 'answer'; readonly id: number } & NetAnswer);

/** Questions on their way at once, of all lines; what is beyond would be answered too late to count. */
const AT_ONCE = 24;

/**
 * The voice network on a thread of its own, so that no call's audio waits for it. It loads at once; until it is there, and
 * where it cannot be had, which is said once, it cannot be asked.
 */
export function startVoiceNetThread(log: Logger, file = new URL('voice-net-worker.ts', import.meta.url)) {
  const asked = new Map<number, PromiseWithResolvers<NetAnswer>>();
  let lastId = 0;
  let isReady = false;
  const settled = Promise.withResolvers<void>();
  const worker = new Worker(file);
  worker.unref();
  worker.on('message', (message: FromNetThread) => {
    if (message.type === 'ready') {
      isReady = true;
      settled.resolve();
      return;
    }
    asked.get(message.id)?.resolve(message);
    asked.delete(message.id);
  });
  const gone = (reason: string): void => {
    for (const one of asked.values()) one.reject(new Error(reason));
    asked.clear();
    isReady = false;
    settled.resolve();
  };
  worker.on('error', (err) => {
    log.warn({ err }, 'the neural voice detection is not to be had: voices are found without it');
    gone('the thread has failed');
  });
  worker.on('exit', () => gone('the thread has ended'));

  const ask: AskNet = ({ pcm, state }) => {
    if (!isReady || asked.size >= AT_ONCE) return undefined;
    lastId += 1;
    const answer = Promise.withResolvers<NetAnswer>();
    asked.set(lastId, answer);
    const question: NumberedQuestion = { id: lastId, pcm, ...(state && { state }) };
    worker.postMessage(question, []);
    return answer.promise;
  };
  return {
    ask,
    /** It is there, or is not to be had. */
    ready: settled.promise,
    close: async (): Promise<void> => void (await worker.terminate()),
  };
}
