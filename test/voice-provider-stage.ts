/** A voice provider on the simulated phone network, with addresses of ours that answer what the network asks. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { GatewayCommand } from '../contracts/gateway.ts';
import { callbackUrls } from '../telephony/callback-urls.ts';
import type { DialClaim, DialKey, DialLedger } from '../telephony/dial-ledger.ts';
import { DialLater, type DialPace, type GivenTurn } from '../telephony/dial-pace.ts';
import { createTwilioClient, type TwilioClient } from '../telephony/twilio-client.ts';
import { TwilioVoiceProvider } from '../telephony/twilio-voice-provider.ts';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from './phone-network-process.ts';

export const carrierAccountId = `AC${'c'.repeat(32)}`;
const authToken = 'token-of-acme';
export const ownNumber = '+420222000111';
export const publicUrl = 'https://api.switchboard.test';

/** What a test sees and decides; all but the network is new for each. */
export interface VoiceProviderStage {
  provider: TwilioVoiceProvider;
  network: PhoneNetworkProcess;
  client: TwilioClient;
  /** Paths of ours that the network has asked. */
  answered: string[];
  ledger: DialLedger & { attempts: Map<string, DialAttempt> };
  /** What comes of asking for a turn, in order; a turn where nothing is said. */
  turns: (GivenTurn | DialLater)[];
  /** Accounts of which the carrier has said that it is asked too often. */
  throttled: string[];
  /** What was sent to the call's gateway, and what that answers. */
  commands: GatewayCommand[];
  commandAnswer: 'done' | 'gateway-lost' | 'not-streaming';
  /** A call that has been answered and waits in a document of ours. */
  runningCall(steps?: readonly object[]): Promise<{ callId: string; to: string; carrierCallId: string }>;
  /** The carrier's ids of the calls to somebody. */
  dialled(to: string): Promise<string[]>;
  statusOf(carrierCallId: string): Promise<string>;
}

interface DialAttempt {
  sinceMs: number;
  carrierCallId?: string;
}

/** Starts the network for a test file. Read what it returns inside a test. */
export function useVoiceProvider(): () => VoiceProviderStage {
  let open: { network: PhoneNetworkProcess; product: Server } | undefined;
  let stage: VoiceProviderStage | undefined;
  let answered: string[] = [];
  beforeAll(async () => {
    const product = await startProduct((path) => answered.push(path));
    const address = product.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const network = await startPhoneNetworkProcess({
      hosts: { 'api.switchboard.test': `127.0.0.1:${port}` },
      accounts: [{ sid: carrierAccountId, authToken, numbers: [{ phoneNumber: ownNumber }] }],
    });
    open = { network, product };
  }, 30_000);
  beforeEach(() => {
    answered = [];
    if (open) stage = createStage(open.network, answered);
  });
  afterEach(() => open?.network.control('DELETE', '/traps'));
  afterAll(async () => {
    await open?.network.stop();
    open?.product.close();
  });
  return () => {
    if (!stage) throw new Error('useVoiceProvider() is read before beforeEach ran');
    return stage;
  };
}

function createStage(network: PhoneNetworkProcess, answered: string[]): VoiceProviderStage {
  const ledger = createLedger();
  const carrierCallIds = new Map<string, string>();
  const connect = (account: { accountId: string; authToken: string }): TwilioClient =>
    createTwilioClient(account, { baseUrl: network.url, timeoutMs: 1000 });
  const pace: DialPace = {
    turn: async () => {
      const next = stage.turns.shift() ?? { untilMs: Date.now() + 1000 };
      if (next instanceof DialLater) throw next;
      return next;
    },
    tooOften: async (account) => stage.throttled.push(account) * 700,
  };
  const provider = new TwilioVoiceProvider({
    calls: {
      find: async (callId) => {
        const carrierCallId = carrierCallIds.get(callId);
        if (carrierCallId === undefined) return undefined;
        const continueUrl = async () => callbackUrls({ publicUrl, tenantId: 'acme', callId }).next(1, 'done');
        const voice = { voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' };
        return { tenantId: 'acme', accountId: carrierAccountId, carrierCallId, continueUrl, ...voice };
      },
    },
    accounts: {
      accountOfNumber: async (tenantId, phoneNumber) =>
        tenantId === 'penniless' || phoneNumber === ownNumber ? carrierAccountId : undefined,
      authToken: async (tenantId) => (tenantId === 'acme' ? authToken : undefined),
    },
    dials: ledger,
    pace,
    streams: {
      command: async (_callId, command) => {
        stage.commands.push(command);
        return stage.commandAnswer;
      },
    },
    connect,
    publicUrl,
    nowMs: Date.now,
  });
  const stage: VoiceProviderStage = {
    provider,
    network,
    client: connect({ accountId: carrierAccountId, authToken }),
    answered,
    ledger,
    turns: [],
    throttled: [],
    commands: [],
    commandAnswer: 'not-streaming',
    runningCall: async (steps = [{ waitForHangUp: true }]) => {
      const to = person();
      await network.control('PUT', `/callees/${encodeURIComponent(to)}`, { answerAfterMs: 0, steps });
      const handle = await provider.startCall(dialParams(to));
      carrierCallIds.set(handle.callId, handle.carrierCallId);
      await expect.poll(() => answered, { timeout: 5000 }).toContain(`/telephony/t/acme/calls/${handle.callId}/voice`);
      return { ...handle, to };
    },
    dialled: async (to) => {
      const { calls } = await network.control<{ calls: { callSid: string; to: string }[] }>('GET', '/calls');
      return calls.filter((call) => call.to === to).map(({ callSid }) => callSid);
    },
    statusOf: async (carrierCallId) =>
      (await network.control<{ status: string }>('GET', `/calls/${carrierCallId}`)).status,
  };
  return stage;
}

let people = 0;
/** A number that nobody else calls. */
export const person = (): string => `+42077700${String(1000 + ++people)}`;

/** What a call of a tenant to somebody is started with. */
export const dialParams = (to: string, tenantId = 'acme') => ({
  tenantId,
  callId: `out-${to.slice(-4)}`,
  from: ownNumber,
  to,
  ringTimeoutS: 20,
  idempotencyKey: to,
  machineDetection: 'off' as const,
});

/** Waits in each document, and hangs up where it was told to ask next. */
async function startProduct(onRequest: (path: string) => void): Promise<Server> {
  const twiml = (verbs: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
  const product = createServer(({ url = '' }, response) => {
    onRequest(url);
    if (/\/(status|answered-by)$/.test(url)) return response.writeHead(204).end();
    return response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(twiml(url.includes('/next/') ? '<Hangup/>' : '<Pause length="30"/>'));
  }).listen(0, '127.0.0.1');
  await once(product, 'listening');
  return product;
}

/** The ledger in memory, with the same rules as the stored one. */
function createLedger(): VoiceProviderStage['ledger'] {
  const attempts = new Map<string, DialAttempt>();
  const name = ({ tenantId, callId }: DialKey) => `${tenantId} ${callId}`;
  return {
    attempts,
    claim: async (key, atMs): Promise<DialClaim> => {
      const known = attempts.get(name(key));
      if (!known) {
        attempts.set(name(key), { sinceMs: atMs });
        return { type: 'mine' };
      }
      return known.carrierCallId === undefined
        ? { type: 'unknown', sinceMs: known.sinceMs }
        : { type: 'placed', carrierCallId: known.carrierCallId };
    },
    placed: async (key, carrierCallId, atMs) => void attempts.set(name(key), { sinceMs: atMs, carrierCallId }),
    release: async (key) => void attempts.delete(name(key)),
    isUnderWay: async (key) => attempts.has(name(key)),
    isTaken: async (key, carrierCallId) =>
      [...attempts].some(([other, attempt]) => other !== name(key) && attempt.carrierCallId === carrierCallId),
  };
}
