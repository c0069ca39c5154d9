import pino from 'pino';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { createEarThread } from './ear-thread.ts';
import { startPhoneNetwork } from './phone-network.ts';
import { readConfig } from './read-config.ts';

const log = pino({ name: 'phone-network' });
const config = readConfig(process.env);
/** Of two ears, since a caller who has answered a question is on the line, and a finished call can wait. */
const ears = { now: createEarThread(), later: createEarThread() };
const book = loadPhraseBook();

const phoneNetwork = await startPhoneNetwork({
  ...config,
  speech: { phrases: book.phrases, pcm8k: (phrase) => phrasePcm(book.byId(phrase.id), 8000) },
  recognise: (pcm, language) => (language === undefined ? ears.later : ears.now).recognise(pcm, language),
  onError: (error) => log.error({ err: error }, 'request failed'),
});
log.info({ url: phoneNetwork.url, hosts: config.hosts }, 'phone network is up');

const stop = async (): Promise<void> => {
  await phoneNetwork.close();
  await Promise.all([ears.now.close(), ears.later.close()]);
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
