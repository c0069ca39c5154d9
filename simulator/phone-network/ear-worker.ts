import { parentPort } from 'node:worker_threads';
import { type HeardUtterance, recogniseHeard } from '../speech/ear.ts';
import { recognise } from '../speech/recogniser.ts';

/** A stretch of speech to listen to. */
export interface EarRequest {
  id: number;
  pcm8k: Int16Array;
  language: 'cs' | 'en' | undefined;
}

/** Whole phrases of one language are found at once; what was cut short, or in whichever language, takes longer. */
function listen({ pcm8k, language }: EarRequest): HeardUtterance[] {
  const found = language === undefined ? undefined : recognise(pcm8k, 8000, language);
  if (!found?.understood) return recogniseHeard(pcm8k, language);
  return found.phrases.map(({ phrase, startMs, endMs }) => ({
    phraseId: phrase.id,
    text: phrase.text,
    startMs,
    endMs,
    heardWords: phrase.words.map(({ text }) => text),
    complete: true,
  }));
}

parentPort?.on('message', (request: EarRequest) => {
  parentPort?.postMessage({ id: request.id, heard: listen(request) }, []);
});
