import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { readConfig } from '../contracts/config.ts';
import { AppError } from '../contracts/errors.ts';
import { addProcessMetrics, createMetrics } from '../contracts/metrics.ts';
import { openDatabase } from '../db/database.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { openObjectStore, recordingsUrl } from '../db/object-store.ts';
import { createSealer } from '../db/sealing.ts';
import { streamTokenKey } from '../telephony/stream-token.ts';
import { createCallClient } from '../temporal/call-client.ts';
import { connectTemporal } from '../temporal/client.ts';
import { startCodecServer } from '../temporal/codec-server.ts';
import { openTracing } from '../temporal/tracing.ts';
import { createAccountDirectory } from './account-directory.ts';
import { createAdoptions } from './adoptions.ts';
import { createEventLog } from './event-log.ts';
import { createGatewayChooser } from './gateway-chooser.ts';
import { createLogger } from './logger.ts';
import { countKept } from './metrics.ts';
import { apiNeeds } from './needs.ts';
import { createNumberDirectory } from './number-directory.ts';
import { createApi } from './server.ts';
import { createStandby } from './standby.ts';
import { createStoredFacts } from './stored-facts.ts';
import { createUnadoptedCalls } from './unadopted-calls.ts';

const config = readConfig(process.env);
if (config.DATABASE_URL === undefined)
  throw new AppError('config-invalid', 'DATABASE_URL is needed to run the API by itself; npm start gives it');

const log = createLogger({ level: config.LOG_LEVEL, personalData: config.LOG_PERSONAL_DATA });
const nowMs = Date.now;
const learnEveryMs = 300_000;
const learnAgainMs = 5_000; // where the database was away
const keys = createFileKeyProvider(config.KEY_FILE);
const platform = await platformKey(keys);
const database = openDatabase({ url: config.DATABASE_URL });
const tracing = await openTracing({
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  headers: config.OTEL_EXPORTER_OTLP_HEADERS,
  process: 'api',
  onFailure: (reason) => log.warn({ reason }, 'traces are not taken'),
});
const temporal = connectTemporal({
  address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
  namespace: config.TEMPORAL_NAMESPACE,
  ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  platformKeys: [platform],
  tracing,
});

const calls = createCallClient(temporal.client);
const facts = createStoredFacts({
  database,
  sealer: createSealer(keys),
  objects: openObjectStore(recordingsUrl(config)),
  log,
});
const metrics = createMetrics();
const kept = countKept(metrics);
const accounts = createAccountDirectory({
  claims: facts.claims,
  open: facts.openClaim,
  nowMs,
  onKept: kept('accounts', () => accounts.size()),
});
const numbers = createNumberDirectory({
  tenantsOf: facts.tenantsOf,
  route: facts.route,
  nowMs,
  onKept: kept('numbers', () => numbers.size()),
});
const standby = createStandby({ knownNumbers: facts.knownNumbers, accounts, numbers, log });
const gateways = createGatewayChooser({ fresh: facts.freshGateways, nowMs });
const events = createEventLog({ append: facts.appendEvent, log });
const store = createUnadoptedCalls({ facts, numbers, state: calls.state, nowMs });
const adoptions = createAdoptions({ calls, store, nowMs, log });

const resolutionMs = 10;
const eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
eventLoop.enable();
addProcessMetrics(metrics, { eventLoop, resolutionMs, startedAtMs: performance.timeOrigin, process });

const app = await createApi({
  ...facts,
  calls,
  accounts,
  numbers,
  gateways,
  events,
  adoptions,
  nowMs,
  metrics,
  tracer: tracing,
  log,
  publicUrl: config.PUBLIC_URL,
  fallbackPublicUrl: config.FALLBACK_PUBLIC_URL,
  trustProxy: config.TRUST_PROXY,
  streamKey: streamTokenKey(platform),
  needs: apiNeeds({
    postgres: () => database.ready(),
    temporalAnswers: temporal.isReady,
    keys: () => keys.currentKeyId(),
    gatewayIsUp: () => gateways.isAnyUp(),
  }),
});

const uiUrl = config.TEMPORAL_UI_URL;
const uiOrigins =
  uiUrl === undefined
    ? ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${config.TEMPORAL_UI_PORT}`)
    : [new URL(uiUrl).origin];
const codec = await startCodecServer({ port: config.CODEC_PORT, platformKeys: [platform], uiOrigins });
const sweep = setInterval(() => void adoptions.sweep(), 10_000);
let stopping = false;
let learning: NodeJS.Timeout | undefined;
async function learn(): Promise<void> {
  const isWhole = await standby.learn();
  if (!stopping) learning = setTimeout(() => void learn(), isWhole ? learnEveryMs : learnAgainMs);
}
void learn();
const flush = setInterval(() => void events.flush(), 2000);

await app.listen({ host: config.API_HOST, port: config.API_PORT }).catch((cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EADDRINUSE') throw cause;
  throw new AppError('port-in-use', `the API cannot listen on port ${config.API_PORT}: change API_PORT`, { cause });
});
log.info({ port: config.API_PORT, codecPort: codec.port }, 'api listens');

async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'api stops');
  clearInterval(sweep);
  clearTimeout(learning);
  clearInterval(flush);
  await app.close();
  await events.flush();
  await Promise.allSettled([codec.close(), temporal.close(), database.close(), tracing?.close()]);
}
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
process.on('unhandledRejection', (err) => log.error({ err }, 'a promise failed unheard'));
