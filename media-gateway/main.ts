import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { readConfig } from '../contracts/config.ts';
import { AppError } from '../contracts/errors.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';
import { addProcessMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { createAssistantStore } from '../db/assistants.ts';
import { createCallSessionStore } from '../db/call-sessions.ts';
import { createCostStore } from '../db/cost-entries.ts';
import { openDatabase } from '../db/database.ts';
import { createGatewayStore } from '../db/gateways.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { createCredentialStore } from '../db/provider-credentials.ts';
import { createSealer } from '../db/sealing.ts';
import { createTurnStore } from '../db/turns.ts';
import { streamTokenKey, verifyForkToken, verifyStreamToken } from '../telephony/stream-token.ts';
import { startActivityWorker } from '../temporal/activity-worker.ts';
import { createCallClient } from '../temporal/call-client.ts';
import { connectTemporal } from '../temporal/client.ts';
import { createGatewayLeaseClient } from '../temporal/gateway-lease-client.ts';
import { createToolCallClient } from '../temporal/tool-call-client.ts';
import { openTracing } from '../temporal/tracing.ts';
import { createAdmission } from './admission.ts';
import { createCallLine } from './call-line.ts';
import { type Admit, serveCarrierSocket } from './carrier-socket.ts';
import { createForkAdmission, isFork } from './fork-admission.ts';
import { createForks } from './forks.ts';
import { keepGatewayLease } from './gateway-lease.ts';
import { keepGatewayRow } from './gateway-row.ts';
import { createGateway } from './gateway.ts';
import { createLogger } from './logger.ts';
import { createGatewayMetrics } from './metrics.ts';
import { createModelAccess } from './model-access.ts';
import { createRealtimeModels } from './models/realtime-models.ts';
import { gatewayNeeds } from './needs.ts';
import { createServerClock } from './server-clock.ts';
import { createGatewayServer } from './server.ts';
import { within } from './session/within.ts';
import { createTicker } from './ticker.ts';
import { createStreamTraces } from './tracing.ts';
import { createHandleCourier } from './handle-courier.ts';
import { createTurnCourier } from './turn-courier.ts';
import { createTurnSpool } from './turn-spool.ts';
import { startVoiceNetThread } from './turn-taking/voice-net-thread.ts';
import { createUpgradeGuard } from './upgrade-guard.ts';

const CAPACITY = 300; // calls that one core carries with delays that nobody hears
const SPOOL_WITHIN_MS = 500; // what is left by then stays in the file

const config = readConfig(process.env);
if (config.DATABASE_URL === undefined) {
  throw new AppError('config-invalid', 'DATABASE_URL is needed to run a gateway by itself; npm start gives it');
}
const log = createLogger({ level: config.LOG_LEVEL, personalData: config.LOG_PERSONAL_DATA });
// What nobody awaited is of one call at most: it must not take the others along.
process.on('unhandledRejection', (err) => log.error({ err }, 'a promise failed unheard'));
process.on('uncaughtException', (err) => log.error({ err }, 'an exception was caught by nobody'));

const gatewayId = `g${randomBytes(6).toString('hex')}`;
const mediaUrl = config.GATEWAY_PUBLIC_URL;
const nowMs = (): number => performance.now();
const wallMs = Date.now;
const keys = createFileKeyProvider(config.KEY_FILE);
const platform = await platformKey(keys);
const streamKey = streamTokenKey(platform);
const sealer = createSealer(keys);
const database = openDatabase({ url: config.DATABASE_URL });
const tracing = await openTracing({
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  headers: config.OTEL_EXPORTER_OTLP_HEADERS,
  process: 'media-gateway',
  onFailure: (reason) => log.warn({ reason }, 'traces are not taken'),
});
const traces = tracing && createStreamTraces(tracing, gatewayId, wallMs);
const temporalOptions = {
  address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
  namespace: config.TEMPORAL_NAMESPACE,
  ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  platformKeys: [platform] as const,
  tracing,
};
const temporal = connectTemporal(temporalOptions);
const callClient = createCallClient(temporal.client);
const toolClient = createToolCallClient(temporal.client, {
  onFailure: (reason) => log.warn({ reason }, 'tool not run'),
});
const sessions = createCallSessionStore({ database, sealer });
const turns = createTurnStore(database);
const credentials = createCredentialStore({ database, sealer });
const assistants = createAssistantStore(database);
const gateways = createGatewayStore(database);
const measured = createGatewayMetrics(nowMs, () => spool.waiting());
const spool = createTurnSpool({
  folder: join(resolve(config.DATA_DIR), 'spool'),
  gatewayId,
  key: await keys.derive('turn-spool'),
  write: createTurnCourier(turns.writeTurns),
  gatewayAgeMs: gateways.gatewayAgeMs,
  onRefused: (lost) => measured.turnsLost('refused', lost),
  wallMs,
  log,
});

const verifySignature = createUpgradeGuard({
  publicUrl: mediaUrl,
  authToken: (tenantId, accountId) =>
    credentials.readSecret({ tenantId, provider: 'twilio', accountId, label: 'auth-token' }),
  nowMs,
});
const serverClock = createServerClock(nowMs);
const admitting = createAdmission({
  gatewayId,
  nowMs,
  verifyToken: (token) => verifyStreamToken(token, streamKey, wallMs()),
  verifySignature,
  attach: traces ? traces.attach(callClient.attach) : callClient.attach,
  claimEpoch: sessions.claimEpoch,
  ageOf: async (call) => {
    const admittedAtMs = (await sessions.readForReattach(call))?.admittedAtMs;
    return admittedAtMs === undefined ? undefined : wallMs() - admittedAtMs;
  },
  dateOf: (serverMs) => serverClock.date(serverMs),
  assistantVersion: assistants.readAssistantVersion,
  log,
});

const openLease = createGatewayLeaseClient(temporal.client);
const lease = keepGatewayLease({ open: () => openLease({ gatewayId }), log });

let announced: Promise<void> = Promise.resolve();
const lineOf = createCallLine({
  ...sessions,
  storeResumptionHandle: createHandleCourier(sessions.storeResumptionHandles),
  readTurns: turns.readTurns,
  writeTurns: spool.writeTurns,
  writeCosts: createCostStore(database).writeCosts,
  mediaStopped: callClient.mediaStopped,
  assistantLeft: callClient.assistantLeft,
  sensitiveEntry: callClient.sensitiveEntry,
  checkpoint: callClient.checkpoint,
  prepareHandover: callClient.prepareHandover,
  runTool: toolClient.run,
  wallMs,
  log,
});
const modelOf = createRealtimeModels({ log, onAudioDropped: measured.audioDropped });
const resolutionMs = 10;
const eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
eventLoop.enable();
addProcessMetrics(measured.metrics, { eventLoop, resolutionMs, startedAtMs: performance.timeOrigin, process });

const forks = createForks({
  admission: createForkAdmission({
    gatewayId,
    verifyToken: (token) => verifyForkToken(token, streamKey, wallMs()),
    verifySignature,
    log,
  }),
  tellHeard: callClient.forkHeard,
  mostForks: CAPACITY,
  log,
});
const gateway = createGateway({
  admission: traces ? traces.admission(admitting) : admitting,
  modelOf: (modelId, call) => {
    const model = measured.model(modelOf(modelId));
    return traces ? traces.model(model, call) : model;
  },
  modelAccess: createModelAccess({
    readKey: (tenantId, provider) => credentials.readSecret({ tenantId, provider, label: 'api-key' }),
    baseUrls: { gemini: config.GEMINI_BASE_URL, openai: config.OPENAI_BASE_URL },
    nowMs,
  }),
  lineOf: (start, allowedPrivateHosts) => {
    const line = measured.line(lineOf(start, allowedPrivateHosts));
    return traces ? traces.line(line, start) : line;
  },
  pickSuccessor: async () => {
    // Two that stop together must not count on each other.
    await within(announced, 500, undefined);
    return gateways.pickGateway({ except: [gatewayId] });
  },
  forks,
  onTakenOver: measured.takenOver,
  lease,
  ticker: createTicker(nowMs),
  nowMs,
  connectTimeoutMs: config.MODEL_CONNECT_TIMEOUT_MS,
  askNet: startVoiceNetThread(log).ask,
  onTurnsLost: measured.turnsLost,
  log,
});

const worker = startActivityWorker({
  ...temporalOptions,
  taskQueue: gatewayTaskQueue(gatewayId),
  activities: serverClock.learningFrom(gateway.activities),
  log,
});
const row = keepGatewayRow({
  gatewayId,
  mediaUrl,
  capacity: CAPACITY,
  store: gateways,
  calls: () => gateway.count(),
  log,
});

const admitCall = measured.admit(traces ? traces.admit(gateway.admit) : gateway.admit);
const admit: Admit = (message, ...rest) => (isFork(message) ? forks.admit : admitCall)(message, ...rest);
const server = createGatewayServer({
  path: new URL(mediaUrl).pathname,
  onStream: (stream) => serveCarrierSocket(stream, { admit, nowMs, log }),
  isOpen: () => gateway.isOpen(),
  metrics: measured.metrics,
  readiness: createReadiness(
    gatewayNeeds({
      postgres: () => database.ready(),
      temporalAnswers: temporal.isReady,
      polls: () => worker.isReady(),
      spoolIsEmpty: () => spool.isEmpty(),
      isRegistered: () => row.isCurrent(),
      modelsAnswer: () => measured.modelsAnswer(),
      isOpen: () => gateway.isOpen(),
    }),
    measured.metrics,
  ),
  log,
});
const port = await server.listen(config.GATEWAY_HOST, config.GATEWAY_PORT);
log.info({ port, gatewayId, mediaUrl }, 'media gateway listens');

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'media gateway stops');
  announced = row.drain();
  traces?.draining();
  await Promise.allSettled([announced, gateway.drain(config.GATEWAY_DRAIN_MS)]);
  lease.letGo();
  await within(spool.close(), SPOOL_WITHIN_MS, undefined);
  await Promise.allSettled([row.remove(), worker.stop()]);
  await Promise.allSettled([server.close(), temporal.close(), database.close(), tracing?.close()]);
  process.exit(0);
}
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
