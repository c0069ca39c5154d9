import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accountId,
  type Asked,
  authToken,
  createWorld,
  ownNumber,
  publicUrl,
  type World,
} from '../api/testing/api-harness.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { CallReply } from '../temporal/call-client.ts';
import { admitted, initialCoreState, proceeded } from '../workflows/call/call-core.ts';
import type { CoreState } from '../workflows/call/call-state.ts';
import { madeUpCall } from './made-up-call.ts';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from './phone-network-process.ts';

const florist = '+420222999888';
const edges = { completed: 'bye', busy: 'mailbox', noAnswer: 'mailbox', declined: 'mailbox', failed: 'mailbox' };
const flow: FlowDocument = {
  schemaVersion: 1,
  name: 'Květinářství',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'helper', edges: { ended: 'bye', failed: 'menu' } },
    menu: {
      type: 'menu',
      prompt: 'Pro květinářku stiskněte 2.',
      options: [{ outcome: 'florist', digit: '2' }],
      timeoutMs: 5000,
      tries: 2,
      edges: { florist: 'florist', noInput: 'mailbox', noMatch: 'mailbox' },
    },
    florist: { type: 'transfer', to: { phoneNumber: florist }, ringTimeoutS: 5, edges },
    mailbox: {
      type: 'voicemail',
      prompt: 'Nechte nám vzkaz.',
      maxLengthS: 30,
      finishOnKey: '#',
      edges: { recorded: 'hold', empty: 'bye' },
    },
    hold: { type: 'wait', durationS: 1, edges: { next: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

let world: World;
let network: PhoneNetworkProcess;
let state: CoreState | undefined;

/** The call's own core, without the workflow around it: no gateway, no model, no Temporal, no Postgres. */
function answer(asked: Asked): CallReply {
  const call = { ...madeUpCall('CA1', flow), callId: asked.call.callId };
  const before = state ?? initialCoreState(call);
  const atMs = world.now.atMs;
  state = asked.to === 'admit' ? admitted(call, before, asked.input, atMs) : proceeded(call, before, asked.input, atMs);
  if (!state.answer) throw new Error('the call has no answer');
  return { type: 'answer', answer: state.answer };
}

beforeAll(async () => {
  world = await createWorld();
  const { host } = new URL(await world.app.listen({ host: '127.0.0.1', port: 0 }));
  network = await startPhoneNetworkProcess({
    hosts: { 'api.switchboard.test': host },
    accounts: [
      { sid: accountId, authToken, numbers: [{ phoneNumber: ownNumber, voiceUrl: `${publicUrl}/telephony/voice` }] },
    ],
  });
  await network.control('PUT', `/callees/${encodeURIComponent(florist)}`, { outcome: 'busy', answerAfterMs: 300 });
  await world.signed('/telephony/voice', { CallSid: `CA${'0'.repeat(32)}` }); // the number is known from here on
  world.now.gateways = [];
  world.now.database = 'away';
  world.now.atMs += 60_000;
  world.now.reply = answer;
}, 30_000);
afterAll(async () => {
  await network?.stop();
  await world?.app.close();
});

it(
  'a flow goes on without gateway and model: menu, transfer, message and wait, to its last words',
  { timeout: 40_000 },
  async () => {
    const callSid = await network.ring({
      from: '+420777000009',
      to: ownNumber,
      steps: [
        { waitForSpeech: true, plusMs: 500 },
        { dtmf: '2' },
        { waitForSpeech: true, plusMs: 900 },
        { waitForQuiet: 400 },
        { say: 'cs-caller-complaint' },
        { dtmf: '#' },
        { waitForHangUp: true },
      ],
    });
    const call = await network.ended(callSid);
    // The streams that lead nowhere; nothing else is amiss.
    expect(new Set(call.alerts.map(({ code }) => code))).toEqual(new Set([31_901]));
    expect([call.violations, call.faults]).toEqual([[], []]);
    const path = (state?.decisions ?? []).filter(({ rule }) => rule !== 'waits');
    expect(path.map(({ nodeId, outcome }) => `${nodeId} ${outcome}`)).toEqual([
      'start next',
      'helper failed',
      'menu florist',
      'florist busy',
      'mailbox recorded',
      'hold next',
      'bye done',
    ]);
  },
);
