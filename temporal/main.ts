import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { heartbeat } from '@temporalio/activity';
import { pino } from 'pino';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { createCarrierActivities } from '../activities/carrier-activities.ts';
import { createGatewayLossActivities } from '../activities/gateway-loss-activities.ts';
import { createRecordingActivities } from '../activities/recording-activities.ts';
import { createSmsActivities } from '../activities/sms-activities.ts';
import { createToolLogActivities } from '../activities/tool-log-activities.ts';
import { createToolActivities } from '../activities/tool-activities.ts';
import { createTwilioCarrier } from '../activities/twilio-carrier.ts';
import { createWebhookActivities } from '../activities/webhook-activities.ts';
import { readConfig } from '../contracts/config.ts';
import { AppError, messageOf } from '../contracts/errors.ts';
import { addProcessMetrics, createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { createCallEventStore } from '../db/call-events.ts';
import { createCallSessionStore } from '../db/call-sessions.ts';
import { createCostStore } from '../db/cost-entries.ts';
import { openDatabase } from '../db/database.ts';
import { createDialAccountStore } from '../db/dial-accounts.ts';
import { createGatewayStore } from '../db/gateways.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { createLookups } from '../db/lookups.ts';
import { openObjectStore, recordingsUrl } from '../db/object-store.ts';
import { createPhoneNumberStore } from '../db/phone-numbers.ts';
import { createCredentialStore } from '../db/provider-credentials.ts';
import { createRecordingStore } from '../db/recordings.ts';
import { createSealer } from '../db/sealing.ts';
import { createToolLogStore } from '../db/tool-logs.ts';
import { createTurnStore } from '../db/turns.ts';
import { createWebhookStore } from '../db/webhooks.ts';
import { createDialLedger } from '../telephony/dial-ledger.ts';
import { callbackUrls } from '../telephony/callback-urls.ts';
import { createDialPace } from '../telephony/dial-pace.ts';
import { createRequestLedger } from '../telephony/request-ledger.ts';
import { streamTokenKey } from '../telephony/stream-token.ts';
import { createTwilioClient, type TwilioAccount } from '../telephony/twilio-client.ts';
import { createTwilioMessages } from '../telephony/twilio-messages.ts';
import { createTwilioRecordings } from '../telephony/twilio-recordings.ts';
import { createCallClient } from './call-client.ts';
import { connectTemporal } from './client.ts';
import { createDataConverter } from './data-converter.ts';
import { traceEndedCalls } from './ended-calls.ts';
import { createEndedToolCalls } from './ended-tool-calls.ts';
import { startHealthServer } from './health-server.ts';
import { createActivityMeasure } from './metrics.ts';
import { workerNeeds } from './needs.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { openTracing } from './tracing.ts';
import { startWorkerLoop } from './worker-loop.ts';
import { bundleWorkflows, createWorkers } from './workers.ts';

const config = readConfig(process.env);
if (config.DATABASE_URL === undefined)
  throw new AppError('config-invalid', 'DATABASE_URL is needed to run the worker by itself; npm start gives it');

const log = pino({
  level: config.LOG_LEVEL,
  base: { process: 'worker' },
  ...(config.LOG_PERSONAL_DATA ? {} : { redact: ['pii', '*.pii'] }),
});
process.on('unhandledRejection', (failure) => log.error({ pii: { failure } }, 'a promise failed unheard'));

const nowMs = Date.now;
const keys = createFileKeyProvider(config.KEY_FILE);
const tracing = await openTracing({
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  headers: config.OTEL_EXPORTER_OTLP_HEADERS,
  process: 'worker',
  onFailure: (reason) => log.warn({ reason }, 'traces are not taken'),
});
const platform = await platformKey(keys);
const temporal = {
  address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
  namespace: config.TEMPORAL_NAMESPACE,
  apiKey: config.TEMPORAL_API_KEY,
  platformKeys: [platform] as const,
  tracing,
};
const { client, isReady, close: closeClient } = connectTemporal(temporal);
const calls = createCallClient(client);

const database = openDatabase({ url: config.DATABASE_URL });
const sealer = createSealer(keys);
const sessions = createCallSessionStore({ database, sealer });
const credentials = createCredentialStore({ database, sealer });
const events = createCallEventStore(database);

const costs = createCostStore(database);

const records = createCallRecordActivities({
  sessions,
  events,
  costs,
  turns: createTurnStore(database),
});
const lookups = createLookups(database);
const losses = createGatewayLossActivities({
  lookups,
  gateways: createGatewayStore(database),
  tellCall: calls.gatewayLost,
});
const connect = (account: TwilioAccount) =>
  createTwilioClient(account, { baseUrl: config.TWILIO_BASE_URL, timeoutMs: config.CARRIER_TIMEOUT_MS });
const authToken = (tenantId: string, accountId: string) =>
  credentials.readSecret({ tenantId, provider: 'twilio', accountId, label: 'auth-token' });
const twilio = createTwilioCarrier({
  sessions,
  credentials,
  nowMs,
  streamKey: streamTokenKey(platform),
  command: calls.command,
  state: calls.state,
  lookups,
  numbers: createPhoneNumberStore(database),
  dials: createDialLedger(database),
  pace: createDialPace({
    nowMs,
    pause: (ms) => delay(ms),
    perSecond: Math.max(1, config.CALLS_PER_SECOND),
    accounts: createDialAccountStore(database),
  }),
  connect,
  publicUrl: config.PUBLIC_URL,
  fallbackPublicUrl: config.FALLBACK_PUBLIC_URL,
});
const carrier = createCarrierActivities(twilio);
const recordings = createRecordingActivities({
  beat: heartbeat,
  fetchStatus: twilio.fetchStatus,
  carrier: createTwilioRecordings({
    connect,
    baseUrl: config.TWILIO_BASE_URL,
    publicUrl: config.PUBLIC_URL,
    authToken,
  }),
  recordings: createRecordingStore({
    database,
    sealer,
    objects: openObjectStore(recordingsUrl(config)),
  }),
});
const toolLogs = createToolLogStore(database);
const tools = createToolActivities({
  log,
  nowMs,
  tellCall: calls.toolFinished,
  toolLogs,
  readSecret: (tenantId, label) => credentials.readSecret({ tenantId, provider: 'tool', label }),
  readSensitive: calls.sensitiveInput,
  tracer: tracing,
});
const toolLogSweep = createToolLogActivities({
  ...createEndedToolCalls(client),
  toolLogs,
  beat: heartbeat,
  log,
  nowMs,
});
const requests = createRequestLedger(database);
const sms = createSmsActivities({
  log,
  nowMs,
  costs,
  messages: createTwilioMessages({
    requests,
    isTaken: requests.isTaken,
    statusUrl: ({ tenantId, callId, name }) =>
      callbackUrls({ publicUrl: config.PUBLIC_URL, tenantId, callId }).message(name.replace('sms/', '')),
    authToken,
    connect,
    nowMs,
    pause: (ms) => delay(ms),
  }),
});
const webhooks = createWebhookActivities({
  log,
  nowMs,
  events,
  webhooks: createWebhookStore({ database, sealer }),
});

const metrics = createMetrics();
const resolutionMs = 10;
const eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
eventLoop.enable();
addProcessMetrics(metrics, { eventLoop, resolutionMs, startedAtMs: performance.timeOrigin, process });
const measured = createActivityMeasure(metrics, nowMs);

const workflowBundle = await bundleWorkflows({ interceptorModules: tracing?.workflowModules });
const dataConverter = createDataConverter(temporal.platformKeys);
const workers = startWorkerLoop({
  ...temporal,
  log,
  createWorkers: async (connection) => {
    await registerSearchAttributes();
    void schedule();
    return createWorkers({
      connection,
      dataConverter,
      workflowBundle,
      namespace: temporal.namespace,
      buildId: config.WORKER_BUILD_ID,
      tracing,
      activities: {
        calls: measured({ ...traceEndedCalls(records, tracing), ...losses, ...tools.activities }),
        // `callTool` also here: for tool calls whose history names this queue.
        tools: measured({ ...carrier, ...recordings, ...tools.activities, ...sms, ...webhooks.activities }),
        batch: measured(toolLogSweep),
      },
    });
  },
});
const health = await startHealthServer({
  port: config.WORKER_PORT,
  metrics,
  readiness: createReadiness(
    workerNeeds({ poll: () => workers.isReady(), temporalAnswers: isReady, postgres: () => database.ready() }),
    metrics,
  ),
});
log.info({ port: health.port }, 'worker started');

/** Where we may not (Temporal Cloud), the operator has done it, or the first start of a call says what is missing. */
async function registerSearchAttributes(): Promise<void> {
  try {
    const added = await ensureSearchAttributes(client);
    if (added.length > 0) log.info({ added }, 'search attributes registered');
  } catch (failure) {
    log.warn({ reason: messageOf(failure) }, 'search attributes could not be registered');
  }
}

/** Beside the workers: nobody waits for it. */
async function schedule(): Promise<void> {
  try {
    await ensureSchedules(client);
  } catch (failure) {
    log.warn({ reason: messageOf(failure) }, 'the schedules could not be made');
  }
}

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'worker stops');
  await workers.stop();
  await Promise.allSettled([tools.close(), webhooks.close()]);
  await Promise.allSettled([health.close(), closeClient(), database.close(), tracing?.close()]);
}
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
