import pino from 'pino';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { createEarThread } from './ear-thread.ts';
import { startPhoneNetwork } from './phone-network.ts';
import { readConfig } from './read-config.ts';

const log = pino({ name: 'phone-network' });
const config = readConfig(process.env);
const ear = createEarThread();
const book = loadPhraseBook();

const phoneNetwork = await startPhoneNetwork({
  ...config,
  speech: { phrases: book.phrases, pcm8k: (phrase) => phrasePcm(book.byId(phrase.id), 8000) },
  recognise: ear.recognise,
  onError: (error) => log.error({ err: error }, 'request failed'),
});
log.info({ url: phoneNetwork.url, hosts: config.hosts }, 'phone network is up');

const stop = async (): Promise<void> => {
  await phoneNetwork.close();
  await ear.close();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
