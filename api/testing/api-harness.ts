import { compileFlow } from '../../contracts/flow/compile.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { createMetrics } from '../../contracts/metrics.ts';
import { pino } from 'pino';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { AppError } from '../../contracts/errors.ts';
import type { CallAnswer } from '../../contracts/instructions.ts';
import type {
  AdmitInput,
  CallControl,
  CallInput,
  CarrierStatus,
  ControlAnswer,
  Detection,
  LegEnded,
  ProceedInput,
} from '../../contracts/messages.ts';
import type { CallReply } from '../../temporal/call-client.ts';
import { type AccountClaim, type AccountDirectory, createAccountDirectory } from '../account-directory.ts';
import { createAdoptions } from '../adoptions.ts';
import { type CallEvent, createEventLog } from '../event-log.ts';
import { createGatewayChooser, type GatewayOffer } from '../gateway-chooser.ts';
import { createNumberDirectory, type NumberDirectory, type NumberRoute } from '../number-directory.ts';
import { createApi } from '../server.ts';

export const publicUrl = 'https://api.switchboard.test';
export const fallbackPublicUrl = 'https://api-two.switchboard.test';
export const accountId = `AC${'a'.repeat(32)}`;
export const authToken = 'token-of-acme';
export const callSid = `CA${'1'.repeat(32)}`;
export const ownNumber = '+420222000111';
export const caller = '+420777123456';
export const streamKey = new Uint8Array(32).fill(7);

const voice = { voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' };
export const hello: CallAnswer = {
  number: 1,
  instructions: [{ type: 'say', speech: { ...voice, text: 'Dobrý den.' } }],
};
export const assistantAnswer = (gatewayId: string, epoch = 1): CallAnswer => ({
  number: epoch,
  instructions: [{ type: 'assistant', nodeId: 'helper', assistantId: 'a1' }],
  media: {
    gateway: { gatewayId, mediaUrl: `wss://media.switchboard.test/${gatewayId}` },
    epoch,
    nodeId: 'helper',
    assistantVersionId: 'a1@1',
  },
});

export const routeDocument: FlowDocument = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ'],
  voiceId: voice.voiceId,
  start: 'start',
  nodes: { start: { type: 'start', edges: { next: 'bye' } }, bye: { type: 'hangup' } },
};

export const route: NumberRoute = {
  tenantId: 'acme',
  phoneNumber: ownNumber,
  accountId,
  language: 'cs-CZ',
  allowedPrivateHosts: [],
  flow: {
    flowId: 'demo',
    flowVersionId: 'demo@1',
    version: 1,
    compiled: compileFlow(routeDocument, { assistants: {} }),
    assistants: {},
  },
  degradedPlan: {
    ...voice,
    steps: [
      { type: 'say', text: 'Spojujeme vás.' },
      { type: 'dial', phoneNumber: '+420222999888', timeoutS: 20 },
      { type: 'voicemail', prompt: 'Nechte vzkaz.', maxLengthS: 60, apology: 'Zavolejte později.' },
    ],
  },
};

export type Asked =
  | { to: 'admit'; call: CallInput; input: AdmitInput }
  | { to: 'proceed'; call: { tenantId: string; callId: string }; input: ProceedInput };

export interface World {
  app: FastifyInstance;
  /** All that Temporal was asked and told. */
  asked: Asked[];
  adopted: CallInput[];
  statuses: { callId: string; status: CarrierStatus }[];
  detections: { callId: string; detection: Detection }[];
  legs: { callId: string; leg: LegEnded }[];
  controlled: { tenantId: string; callId: string; event: CallControl }[];
  started: CallInput[];
  events: CallEvent[];
  lookups: string[];
  /** What is true of the world now; tests change it. */
  now: {
    atMs: number;
    reply: CallReply | Error | ((asked: Asked) => CallReply);
    adoptReply: 'adopted' | 'gone' | 'unanswered';
    statusTaken: boolean;
    control: ControlAnswer | { type: 'gone' | 'unanswered' };
    database: 'up' | 'away';
    claims: AccountClaim[];
    routes: NumberRoute[];
    gateways: GatewayOffer[];
    outcome: { outcome: string; visit?: number } | undefined;
    reports: Record<string, object>;
    /** Sounds of recordings, by tenant, call and recording. */
    sounds: Record<string, Uint8Array<ArrayBuffer>>;
    /** By tenant and id. */
    prompts: Record<string, { contentType: string; bytes: Uint8Array }>;
  };
  sweep(): Promise<void>;
  flush(): Promise<void>;
  /** Posts a form that the carrier has signed. */
  signed(path: string, fields?: Record<string, string>, options?: { token?: string }): Promise<LightMyRequestResponse>;
  post(path: string, options: Omit<InjectOptions, 'path' | 'url' | 'method'>): Promise<LightMyRequestResponse>;
}

export const inboundForm = {
  CallSid: callSid,
  AccountSid: accountId,
  From: caller,
  To: ownNumber,
  Direction: 'inbound',
  CallStatus: 'ringing',
  ApiVersion: '2010-04-01',
};

/** The API with everything beyond its edges played by plain values; no port, no process. */
export async function createWorld({
  trustProxy = false,
  ...directories
}: { trustProxy?: boolean; accounts?: AccountDirectory; numbers?: NumberDirectory } = {}): Promise<World> {
  const log = pino({ level: 'silent' });
  const now: World['now'] = {
    atMs: 1_800_000_000_000,
    reply: { type: 'answer', answer: hello },
    adoptReply: 'adopted',
    statusTaken: true,
    control: { type: 'done' },
    database: 'up',
    claims: [{ tenantId: 'acme', authToken }],
    routes: [route],
    gateways: [{ gatewayId: 'gw-1', mediaUrl: 'wss://media.switchboard.test/gw-1', calls: 0, capacity: 100 }],
    outcome: undefined,
    reports: {},
    sounds: {},
    prompts: {},
  };
  const asked: Asked[] = [];
  const adopted: CallInput[] = [];
  const statuses: World['statuses'] = [];
  const detections: World['detections'] = [];
  const legs: World['legs'] = [];
  const controlled: World['controlled'] = [];
  const started: CallInput[] = [];
  const fingerprints = new Map<string, string>();
  const written: CallEvent[] = [];
  const lookups: string[] = [];
  const nowMs = (): number => now.atMs;
  const stored = async <T>(what: string, value: () => T): Promise<T> => {
    lookups.push(what);
    if (now.database === 'away') throw new AppError('database-unavailable', 'away');
    return value();
  };
  const reply = async (question: Asked): Promise<CallReply> => {
    asked.push(question);
    if (now.reply instanceof Error) throw now.reply;
    return typeof now.reply === 'function' ? now.reply(question) : now.reply;
  };
  const calls = {
    admit: (call: CallInput, input: AdmitInput) => reply({ to: 'admit', call, input }),
    proceed: (call: { tenantId: string; callId: string }, input: ProceedInput) => reply({ to: 'proceed', call, input }),
    adopt: async (call: CallInput) => {
      if (now.adoptReply === 'adopted') adopted.push(call);
      return now.adoptReply;
    },
    carrierStatus: async ({ callId }: { callId: string }, status: CarrierStatus) => {
      if (now.statusTaken) statuses.push({ callId, status });
      return now.statusTaken;
    },
    control: async ({ tenantId, callId }: { tenantId: string; callId: string }, event: CallControl) => {
      controlled.push({ tenantId, callId, event });
      return now.control;
    },
    legEnded: async ({ callId }: { callId: string }, leg: LegEnded) => {
      if (now.statusTaken) legs.push({ callId, leg });
      return now.statusTaken;
    },
    detection: async ({ callId }: { callId: string }, detection: Detection) => {
      if (now.statusTaken) detections.push({ callId, detection });
      return now.statusTaken;
    },
    start: async (call: CallInput, fingerprint: string) => {
      started.push(call);
      const known = fingerprints.get(call.callId);
      fingerprints.set(call.callId, known ?? fingerprint);
      if (known === undefined) return 'started';
      return known === fingerprint ? 'same-request' : 'other-request';
    },
  };
  const events = createEventLog({ append: (event) => stored('append', () => void written.push(event)), log });
  const numbers =
    directories.numbers ??
    createNumberDirectory({
      tenantsOf: (phoneNumber) =>
        stored(`tenants of ${phoneNumber}`, () =>
          now.routes.filter((one) => one.phoneNumber === phoneNumber).map(({ tenantId }) => tenantId),
        ),
      route: (tenantId, phoneNumber) =>
        stored(`route ${phoneNumber}`, () =>
          now.routes.find((one) => one.tenantId === tenantId && one.phoneNumber === phoneNumber),
        ),
      nowMs,
    });
  const store = { remember: async () => {}, forget: async () => {}, list: async () => [] };
  const adoptions = createAdoptions({ calls, store, nowMs, log });
  const app = await createApi({
    metrics: createMetrics(),
    calls,
    numbers,
    events,
    adoptions,
    nowMs,
    log,
    publicUrl,
    fallbackPublicUrl,
    streamKey,
    trustProxy,
    accounts:
      directories.accounts ??
      createAccountDirectory({
        claims: (id) =>
          stored(`claims ${id}`, () =>
            id === accountId
              ? now.claims.map(({ tenantId, authToken: sealedSecret }) => ({
                  tenantId,
                  credentialId: 'c',
                  sealedSecret,
                }))
              : [],
          ),
        open: async ({ tenantId, sealedSecret }) => ({ tenantId, authToken: sealedSecret }),
        nowMs,
      }),
    gateways: createGatewayChooser({ fresh: () => stored('gateways', () => now.gateways), nowMs }),
    storedOutcome: () => stored('outcome', () => now.outcome),
    tenantOfKey: async (key) => (key === 'acme~key-of-sixteen' ? 'acme' : undefined),
    promptFile: (tenantId, audioId) => stored('prompt', () => now.prompts[`${tenantId} ${audioId}`]),
    callReport: async (tenantId, callId) => now.reports[`${tenantId} ${callId}`],
    recordedSound: async ({ tenantId, callId, recordingId }) => {
      const bytes = now.sounds[`${tenantId} ${callId} ${recordingId}`];
      return bytes && { bytes: bytes.length, sound: new Blob([bytes]).stream() };
    },
    numbersOf: async (tenantId) =>
      now.routes
        .filter((one) => one.tenantId === tenantId)
        .map(({ phoneNumber, flow }) => ({ phoneNumber, flowId: flow.flowId })),
    hasCredentials: async (tenantId) => now.claims.some((claim) => claim.tenantId === tenantId),
    needs: { postgres: { check: () => stored('ready', () => {}), stillWorks: 'what is known is known' } },
  });
  const post: World['post'] = async (path, options) => app.inject({ ...options, method: 'POST', url: path });
  return {
    app,
    asked,
    adopted,
    statuses,
    controlled,
    detections,
    legs,
    started,
    events: written,
    lookups,
    now,
    post,
    sweep: adoptions.sweep,
    flush: events.flush,
    signed: (path, fields = {}, { token = authToken } = {}) => {
      const form = { ...inboundForm, ...fields };
      const signature = getExpectedTwilioSignature(token, `${publicUrl}${path}`, form);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
      return post(path, { headers, payload: new URLSearchParams(form).toString() });
    },
  };
}
