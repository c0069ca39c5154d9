import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import type { AssistantVersion } from '../contracts/assistant.ts';
import type { AttachAnswer } from '../contracts/messages.ts';
import type { Turn } from '../contracts/turns.ts';
import { signStreamToken, verifyStreamToken } from '../telephony/stream-token.ts';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from '../test/phone-network-process.ts';
import { type RealtimeModelProcess, startRealtimeModelProcess } from '../test/realtime-model-process.ts';
import { createAdmission } from './admission.ts';
import { createCallLine } from './call-line.ts';
import { serveCarrierSocket } from './carrier-socket.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { createRealtimeModels } from './models/realtime-models.ts';
import { createGatewayServer, type GatewayServer } from './server.ts';
import { assistant } from './session/session-fixture.ts';
import { createTicker } from './ticker.ts';
import { createUpgradeGuard } from './upgrade-guard.ts';

const account = { sid: `AC${'1'.repeat(32)}`, authToken: 'auth-token-of-the-account' };
const number = '+420800000001';
const streamKey = Buffer.alloc(32, 3);
const gatewayId = 'g1';

/** What the rest of the product would know of a call. */
interface KnownCall {
  epoch: number;
  streams: Map<number, string>;
  beganMs: number;
  turns: Turn[];
  handle?: string;
  outcome?: string;
  lastSeq?: number;
}

const calls = new Map<string, KnownCall>();
/** Who waits for something to become known. */
const watchers = new Set<() => void>();
const scenarios = new Map<string, string>();
const logged: { msg: string; [field: string]: unknown }[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
let phone: PhoneNetworkProcess;
let vendor: RealtimeModelProcess;
let gateway: Gateway;
let media: GatewayServer;
let api: Server;

function known(callId: string): KnownCall {
  const call = calls.get(callId) ?? { epoch: 0, streams: new Map(), beganMs: Date.now(), turns: [] };
  calls.set(callId, call);
  return call;
}

function learn(callId: string, change: Partial<KnownCall>): void {
  Object.assign(known(callId), change);
  for (const look of watchers) look();
}

/** Waits until so much is known of a call. */
function until(callId: string, isSo: (call: KnownCall) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(known(callId))) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
  });
}

/** Each caller is another tenant, whose key stands for his scenario. */
function assistantOf(): AssistantVersion {
  return { ...assistant, tools: [], model: { ...assistant.model, modelId: 'gemini-3.8-live' } };
}

function startGateway(): Gateway {
  const nowMs = (): number => performance.now();
  const attach = async (
    { callId }: { callId: string },
    { epoch, streamId }: { epoch: number; streamId: string },
  ): Promise<AttachAnswer> => {
    const call = known(callId);
    if ((call.streams.get(epoch) ?? streamId) !== streamId) return { accepted: false, reason: 'taken' };
    call.streams.set(epoch, streamId);
    const clockMs = Date.now() - call.beganMs;
    return {
      accepted: true,
      clockMs,
      nodeId: 'talk',
      visit: 1,
      visitSinceMs: 0,
      assistant: assistantOf(),
      resumed: epoch > 1,
      handedOver: false,
      allowedPrivateHosts: [],
      vars: {},
    };
  };
  return createGateway({
    lease: { hold: () => Promise.resolve() },
    admission: createAdmission({
      nowMs: () => 0,
      gatewayId,
      verifyToken: (token) => verifyStreamToken(token, streamKey, Date.now()),
      verifySignature: createUpgradeGuard({
        publicUrl: 'wss://media.test/media',
        authToken: async () => account.authToken,
        nowMs,
      }),
      attach,
      claimEpoch: async () => true,
      ageOf: async () => undefined,
      dateOf: () => 0,
      assistantVersion: async () => undefined,
      log,
    }),
    modelOf: createRealtimeModels({ log }),
    modelAccess: async (tenantId) => ({ apiKey: tenantId, baseUrl: vendor.url }),
    lineOf: createCallLine({
      readForReattach: async ({ callId }) => {
        const { handle } = known(callId);
        return handle === undefined ? undefined : { resumption: { handle } };
      },
      readTurns: async ({ callId }) => known(callId).turns,
      writeTurns: async (_, callId, rows) => {
        const turns = [...known(callId).turns];
        for (const row of rows) {
          const index = turns.findIndex(({ epoch, seq }) => epoch === row.epoch && seq === row.seq);
          turns.splice(index === -1 ? turns.length : index, index === -1 ? 0 : 1, row);
        }
        learn(callId, { turns });
        return { refused: [] };
      },
      storeResumptionHandle: async ({ callId, handle }) => {
        known(callId).handle = handle;
        return true;
      },
      storeOutcome: async () => true,
      writeCosts: async () => {},
      mediaStopped: async ({ callId }, { outcome, lastSeq }) => {
        learn(callId, { outcome, lastSeq });
        return true;
      },
      assistantLeft: async ({ callId }, { outcome, lastSeq }) => {
        learn(callId, { outcome, lastSeq });
        return { next: 'carrier' };
      },
      checkpoint: async () => true,
      prepareHandover: async () => undefined,
      sensitiveEntry: async () => true,
      runTool: async () => ({ status: 'ok', retryable: false, hint: '', attempts: 1, latencyMs: 1 }),
      wallMs: Date.now,
      log,
    }),
    pickSuccessor: async () => undefined,
    forks: { take: () => undefined, closeAll: () => {} },
    onTakenOver: () => {},
    ticker: createTicker(nowMs),
    nowMs,
    connectTimeoutMs: 3000,
    log,
  });
}

/** Stands where the API stands: streams until it knows an outcome. */
async function startApi(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const callId = form.get('CallSid') ?? '';
      const call = known(callId);
      call.epoch += 1;
      const tenantId = scenarios.get(form.get('From') ?? '') ?? '';
      const claims = {
        tenantId,
        callId,
        epoch: call.epoch,
        gatewayId,
        nodeId: 'talk',
        assistantVersionId: 'a@1',
        expiresAtMs: Date.now() + 60_000,
      };
      const stream = `<Stream url="wss://media.test/media"><Parameter name="token" value="${signStreamToken(claims, streamKey)}"/></Stream>`;
      const verbs =
        call.outcome === undefined ? `<Connect action="https://api.test/next">${stream}</Connect>` : '<Hangup/>';
      response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response>${verbs}</Response>`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  vendor = await startRealtimeModelProcess();
  gateway = startGateway();
  media = createGatewayServer({
    path: '/media',
    onStream: (stream) => serveCarrierSocket(stream, { admit: gateway.admit, nowMs: () => performance.now(), log }),
    isOpen: () => gateway.isOpen(),
    metrics: createMetrics(),
    readiness: createReadiness({}, createMetrics()),
    log,
  });
  const port = await media.listen('127.0.0.1', 0);
  api = await startApi();
  const address = api.address();
  const apiPort = typeof address === 'object' ? address?.port : 0;
  phone = await startPhoneNetworkProcess({
    hosts: { 'api.test': `127.0.0.1:${apiPort}`, 'media.test': `127.0.0.1:${port}` },
    accounts: [{ ...account, numbers: [{ phoneNumber: number, voiceUrl: 'https://api.test/voice' }] }],
  });
});
afterAll(async () => {
  await Promise.all([phone.stop(), vendor.stop(), media.close()]);
  api.close();
});

let callers = 0;
async function ring(scenario: string, steps: readonly object[]): Promise<string> {
  const from = `+42077700000${++callers}`;
  const key = `tenant-${callers}`;
  await vendor.bindKey(key, scenario);
  scenarios.set(from, key);
  return phone.ring({ from, to: number, steps });
}

function inject(callSid: string, type: string): Promise<unknown> {
  return phone.control('POST', `/calls/${callSid}/events`, { type });
}

function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

describe.concurrent('a call over the wire', () => {
  it('is talked through, and what was heard of the last answer is known to a word', { timeout: 40_000 }, async () => {
    const callSid = await ring('caller-hangs-up', [
      { waitForQuiet: 700 },
      { say: 'cs-caller-returns' },
      { waitForSpeech: true, plusMs: 2000 },
      { hangUp: true },
    ]);
    await until(callSid, ({ turns }) => turns.length > 0);
    await inject(callSid, 'second-media-socket');
    const record = await phone.ended(callSid);
    await until(callSid, ({ outcome }) => outcome !== undefined);
    expect([record.faults, record.violations]).toEqual([[], []]);
    const { turns, outcome, lastSeq } = known(callSid);
    expect([outcome, lastSeq]).toEqual(['callerHungUp', 3]);
    expect(turns.map(({ speaker, interrupted }) => [speaker, interrupted])).toEqual([
      ['assistant', false],
      ['caller', false],
      ['assistant', true],
    ]);
    expect(turns[1]?.text).toBe('Jak to funguje, když chci zboží vrátit?');
    expect(turns[2]?.latencyMs).toBeGreaterThan(300);
    const ear = record.heardTranscript;
    expect(Math.abs(words(turns[2]?.heardText ?? '') - (ear.at(-1)?.heardWords.length ?? 0))).toBeLessThanOrEqual(1);
  });

  it('goes on in the next epoch when its stream dies in the middle of a sentence', { timeout: 40_000 }, async () => {
    const callSid = await ring('gateway-killed', [{ waitForQuiet: 700 }, { say: 'cs-caller-go-on' }]);
    await until(callSid, ({ turns }) => turns.some(({ seq, startMs, endMs }) => seq === 3 && endMs - startMs > 1500));
    await inject(callSid, 'kill-stream-socket');
    await until(callSid, ({ turns }) => turns.some((turn) => turn.epoch === 2 && turn.heardText.includes('neslyšeli')));
    await phone.control('POST', `/calls/${callSid}/hangup`);
    const record = await phone.ended(callSid);
    await until(callSid, (call) => call.outcome !== undefined);
    expect(record.faults).toEqual([]);
    const { turns, outcome, streams } = known(callSid);
    expect(outcome).toBe('callerHungUp');
    expect(streams.size).toBe(2);
    expect(turns[2]).toMatchObject({ epoch: 1, seq: 3, speaker: 'assistant', interrupted: true });
    expect(turns.find(({ epoch }) => epoch === 2)?.text).toContain('na chvíli jsme se neslyšeli');
    expect(record.heardTranscript.map(({ text }) => text)).toContain('Omlouvám se, na chvíli jsme se neslyšeli.');
  });

  it('leaves with an escalation, and the whole sentence that asked for it', { timeout: 40_000 }, async () => {
    const callSid = await ring('escalation', [
      { waitForQuiet: 700 },
      { say: 'cs-caller-complaint' },
      { waitForHangUp: true },
    ]);
    const record = await phone.ended(callSid);
    await until(callSid, (call) => call.outcome !== undefined);
    expect(record.faults).toEqual([]);
    const { turns, outcome } = known(callSid);
    expect(outcome).toBe('escalation');
    expect(turns.find(({ speaker }) => speaker === 'caller')?.text).toBe('Chci podat stížnost na vašeho kurýra.');
  });
});

it('refuses a second stream of a call and leaves the first alone', () => {
  const refused = logged.filter(({ msg }) => msg === 'stream refused');
  expect(refused.length).toBeGreaterThan(0);
  expect(JSON.stringify(logged)).not.toContain('+4207');
});
