import { Worker } from 'node:worker_threads';
import type { RecognisedUtterance } from './network.ts';

interface EarAnswer {
  id: number;
  heard: RecognisedUtterance[];
}

/** Listens on a thread of its own, so that the lines' clock never waits for it; the thread starts when first needed. */
export function createEarThread(): {
  recognise: (pcm8k: Int16Array, language: 'cs' | 'en' | undefined) => Promise<RecognisedUtterance[]>;
  close: () => Promise<void>;
} {
  const waiting = new Map<number, PromiseWithResolvers<RecognisedUtterance[]>>();
  let worker: Worker | undefined;
  let lastId = 0;

  const start = (): Worker => {
    const started = new Worker(new URL('ear-worker.ts', import.meta.url));
    started.unref();
    started.on('message', ({ id, heard }: EarAnswer) => {
      waiting.get(id)?.resolve(heard);
      waiting.delete(id);
    });
    started.on('error', (error) => {
      for (const one of waiting.values()) one.reject(error);
      waiting.clear();
      worker = undefined;
    });
    return started;
  };

  return {
    recognise: (pcm8k, language) => {
      worker ??= start();
      lastId += 1;
      const answer = Promise.withResolvers<RecognisedUtterance[]>();
      waiting.set(lastId, answer);
      worker.postMessage({ id: lastId, pcm8k, language }, []);
      return answer.promise;
    },
    close: async () => void (await worker?.terminate()),
  };
}
