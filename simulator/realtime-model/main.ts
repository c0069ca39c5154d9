import { bookFeatures } from '../speech/book-features.ts';
import { startRealtimeModel } from './server.ts';

const port = Number(process.env['SIM_MODEL_PORT'] ?? 4020);
if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError('SIM_MODEL_PORT is not a port');

// The book is read before the first call rather than in the middle of it.
bookFeatures();
const server = await startRealtimeModel({ port, log: (line) => console.log(line) });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
