import { bookFeatures } from '../speech/book-features.ts';
import { startOpenAiRealtime } from './server.ts';

const port = Number(process.env['SIM_OPENAI_PORT'] ?? 4040);
if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError('SIM_OPENAI_PORT is not a port');

// The book is read before the first call rather than in the middle of it.
bookFeatures();
const server = await startOpenAiRealtime({ port, log: (line) => console.log(line) });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
