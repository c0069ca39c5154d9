import { parentPort } from 'node:worker_threads';
import { recogniseHeard } from '../speech/ear.ts';

/** A stretch of speech to listen to. */
export interface EarRequest {
  id: number;
  pcm8k: Int16Array;
  language: 'cs' | 'en' | undefined;
}

parentPort?.on('message', ({ id, pcm8k, language }: EarRequest) => {
  parentPort?.postMessage({ id, heard: recogniseHeard(pcm8k, language) }, []);
});
