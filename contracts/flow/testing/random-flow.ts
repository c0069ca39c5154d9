/** Flows and events at random, for properties that must hold whatever an admin draws and a caller does. */
import { httpTool } from './http-tool.ts';
import * as fc from 'fast-check';
import { nodeSpecs } from '../catalogue.ts';
import type { FlowDocument, FlowNode } from '../document.ts';
import type { FlowReferences } from '../references.ts';
import type { EventDetail } from '../state.ts';

/** No other value holds it: it must not turn up in a ledger. */
export const secretDigits = '86420';

const subflow: FlowDocument = {
  schemaVersion: 1,
  name: 'inner',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-B',
  variables: { phone: { type: 'text' }, customer: { type: 'json' } },
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'again' } },
    again: {
      type: 'subflow',
      flowId: 'verify-caller',
      inputs: { phone: '{{ vars.phone }}' },
      edges: { verified: 'out' },
    },
    out: { type: 'return', name: 'verified' },
  },
};

export const references: FlowReferences = {
  assistants: { reception: { outcomes: [] } },
  calendars: { shop: { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '09:00', to: '18:00' }] } },
  prompts: { 'hold-music': { audio: { 'cs-CZ': { audioId: 'a1', durationMs: 10_000 } } } },
  queues: { support: { name: 'Support' } },
  agents: { jana: { name: 'Jana' } },
  tools: {
    'order-status': httpTool('order-status', 'order_status'),
  },
  flows: { 'verify-caller': { liveVersion: 3, versions: { 3: subflow } } },
};

const secret: FlowNode = {
  type: 'collect',
  prompt: 'PIN?',
  variable: 'pin',
  sensitive: true,
  minDigits: 4,
  maxDigits: 8,
  finishOnKey: '#',
  timeoutMs: 5000,
  tries: 2,
  edges: { collected: 'x', noInput: 'x' },
};
const shown: FlowNode = {
  type: 'set',
  assignments: [{ variable: 'copy', value: '{{ vars.order }}{{ vars.order }} ěšč' }],
  edges: { next: 'x' },
};
const greedy: FlowNode = {
  type: 'set',
  assignments: ['a', 'b', 'c', 'd', 'e', 'f'].map((variable) => ({ variable, value: '{{ vars.talk }}' })),
  edges: { next: 'x' },
};
const kinds: readonly FlowNode[] = [...nodeSpecs.map(({ type }) => exampleOf(type)), secret, shown, greedy];

function exampleOf(type: string): FlowNode {
  const spec = nodeSpecs.find((each) => each.type === type);
  return JSON.parse(JSON.stringify(spec?.example));
}

const idOf = (i: number): string => `n${i}`;

/** Some edges are missing, some lead to nowhere, and there may be a fault edge. */
export const flows: fc.Arbitrary<FlowDocument> = fc
  .record({
    nodes: fc.array(fc.record({ node: fc.constantFrom(...kinds), targets: fc.infiniteStream(fc.nat(20)) }), {
      minLength: 1,
      maxLength: 15,
    }),
    fault: fc.option(fc.nat(15), { nil: undefined }),
  })
  .map(({ nodes, fault }) => {
    const drawn = nodes.map(({ node, targets }, i): [string, FlowNode] => {
      const edges: Record<string, string> = {};
      for (const outcome of Object.keys(node.edges ?? {})) {
        const target = targets.next().value ?? 0;
        // One edge in ten is missing, one in ten leads nowhere.
        if (target < 2) continue;
        edges[outcome] = target < 4 ? 'nowhere' : idOf(target % nodes.length);
      }
      return [idOf(i), { ...node, edges }];
    });
    return {
      schemaVersion: 1,
      name: 'random',
      languages: ['cs-CZ', 'en-US'],
      voiceId: 'cs-CZ-Standard-A',
      variables: {
        order: { type: 'text' },
        customer: { type: 'json' },
        status: { type: 'number' },
        pin: { type: 'text' },
        phone: { type: 'text' },
        talk: { type: 'json' },
      },
      contact: { name: { type: 'text' }, turnover: { type: 'number' } },
      start: 'start',
      ...(fault !== undefined && { fault: idOf(fault) }),
      nodes: { start: { type: 'start', edges: { next: idOf(0) } }, ...Object.fromEntries(drawn) },
    };
  });

const digits: readonly EventDetail[] = ['', '1', '2', '9', '4711', '777123456'].map((typed) => ({
  type: 'digits',
  digits: typed,
}));
const speech: readonly EventDetail[] = ['objednávka', 'english', '?'].map((text) => ({ type: 'speech', text }));

/** What a node of each type is made for. */
const fitting: Readonly<Record<string, readonly EventDetail[]>> = {
  menu: [...digits, ...speech],
  collect: digits,
  language: [...digits, ...speech],
  recording: digits,
  callback: [
    ...digits,
    { type: 'callbackPlanned', outcome: 'scheduled' },
    { type: 'callbackPlanned', outcome: 'invalid' },
  ],
  assistant: [
    { type: 'assistantLeft', outcome: 'ended', data: { long: 'ž'.repeat(6000) } },
    { type: 'assistantLeft', outcome: 'appointment' },
    { type: 'assistantLeft', outcome: 'nobody knows this one' },
  ],
  http: [
    { type: 'toolAnswered', status: 'ok', data: 5 },
    { type: 'toolAnswered', status: 'ok', data: 'no number' },
    { type: 'toolAnswered', status: 'failed', httpStatus: 404 },
    { type: 'toolAnswered', status: 'timeout' },
  ],
  transfer: [
    { type: 'dialEnded', status: 'busy' },
    { type: 'dialEnded', status: 'completed' },
  ],
  voicemail: [{ type: 'voicemailLeft', durationS: 3 }, { type: 'done' }],
  sms: [{ type: 'smsEnded', status: 'sent' }],
  queue: [
    { type: 'queueEnded', outcome: 'served', facts: { waitedS: 9, note: 'y'.repeat(5000) } },
    { type: 'queueEnded', outcome: 'key1' },
  ],
  agent: [{ type: 'agentEnded', outcome: 'offline' }],
  staffing: [{ type: 'staffing', agentsReady: 1, waiting: 0, estimatedWaitS: 0 }],
  wait: [{ type: 'done' }],
};
const all: readonly EventDetail[] = [...Object.values(fitting).flat(), { type: 'started' }, { type: 'hungUp' }];

/** Something that happens: mostly what the node that waits is made for, sometimes anything. */
export interface Happening {
  pick: number;
  isStray: boolean;
  /** Since the last one; may be none. */
  afterMs: number;
}

export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    pick: fc.nat(1000),
    isStray: fc.constantFrom(false, false, false, false, true),
    afterMs: fc.constantFrom(0, 0, 1, 5000),
  }),
  { maxLength: 60 },
);

/** The event that it is for this node; only where a secret is asked for does one come. */
export function eventAt(
  node: { type: string; sensitive?: boolean } | undefined,
  { pick, isStray }: Happening,
): EventDetail {
  if (node?.type === 'collect' && node.sensitive === true && !isStray) return { type: 'digits', digits: secretDigits };
  const fit = isStray ? all : (fitting[node?.type ?? ''] ?? all);
  return fit[pick % fit.length] ?? { type: 'done' };
}
