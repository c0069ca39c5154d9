import { describe, expect, it } from 'vitest';
import type { Calendar } from '../calendar/calendar.ts';
import type { CompiledFlow } from '../compiled.ts';
import { compileFlow } from '../compile.ts';
import type { FlowDocument, FlowNode } from '../document.ts';
import type { FlowReferences } from '../references.ts';
import type { EventDetail } from '../state.ts';
import { recordedCall } from '../testing/recorded-call.ts';
import { replay, type ReplayResult } from './replay.ts';
import type { StoredCall } from './stored-call.ts';

/** Friday 17:59 in Prague, when the calls begin. */
const openUntil = (to: string): Calendar => ({
  timeZone: 'Europe/Prague',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to }],
});
const tool = {
  toolId: 'crm',
  name: 'crm',
  description: '',
  type: 'http',
  endpoint: 'https://crm.test',
  method: 'POST',
  headers: {},
  timeoutMs: 5000,
  idempotent: true,
  maxResponseBytes: 1000,
} as const;
const references = (to = '18:00'): FlowReferences => ({
  assistants: { reception: { outcomes: [] } },
  calendars: { shop: openUntil(to) },
  tools: { crm: tool },
});

const menu: FlowNode = {
  type: 'menu',
  prompt: 'Objednávky 1, reklamace 2.',
  options: [
    { outcome: 'orders', digit: '1' },
    { outcome: 'returns', digit: '2' },
  ],
  timeoutMs: 5000,
  tries: 2,
  edges: { orders: 'customer', returns: 'colleague', noInput: 'message', noMatch: 'message' },
};
const nodes: Record<string, FlowNode> = {
  start: { type: 'start', edges: { next: 'hours' } },
  hours: { type: 'hours', calendarId: 'shop', edges: { open: 'menu', closed: 'message' } },
  menu,
  customer: {
    type: 'http',
    toolId: 'crm',
    arguments: { phone: '{{ caller.number }}' },
    result: 'customer',
    edges: { ok: 'is-vip', failed: 'colleague', timeout: 'colleague' },
  },
  'is-vip': {
    type: 'condition',
    rules: [{ outcome: 'vip', when: { variable: 'vars.customer.orders', operator: 'greaterThan', value: 10 } }],
    edges: { vip: 'manager', otherwise: 'colleague' },
  },
  manager: transferTo('+420222999001'),
  colleague: transferTo('+420222999002'),
  message: { type: 'voicemail', prompt: 'Nechte vzkaz.', maxLengthS: 60, edges: { recorded: 'bye', empty: 'bye' } },
  bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
};

function transferTo(phoneNumber: string): FlowNode {
  const edges = { completed: 'bye', busy: 'message', noAnswer: 'message', declined: 'message', failed: 'message' };
  return { type: 'transfer', to: { phoneNumber }, ringTimeoutS: 20, edges };
}

const flowWith = (changed: Record<string, FlowNode> = {}): FlowDocument => ({
  schemaVersion: 1,
  name: 'shop',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  variables: { customer: { type: 'json', default: {} } },
  start: 'start',
  nodes: { ...nodes, ...changed },
});

const pressed = (digits: string): EventDetail => ({ type: 'digits', digits });
const answered = (data: { orders: number }): EventDetail => ({ type: 'toolAnswered', status: 'ok', data });
const dialled = (status: 'completed' | 'busy'): EventDetail => ({ type: 'dialEnded', status });

const callOf = (events: readonly EventDetail[]): StoredCall =>
  recordedCall(flowWith(), events, { references: references() });
const against = (call: StoredCall, changed: Record<string, FlowNode>, to?: string): ReplayResult =>
  replay(compileFlow(flowWith(changed), references(to)), call);

/** `place: outcome -> target` of one side. */
const path = ({ rows }: ReplayResult, side: 'was' | 'now'): string[] =>
  rows.flatMap((row) => {
    const step = row[side];
    return step ? [`${step.place}: ${step.decision.outcome} -> ${step.decision.wentTo}`] : [];
  });

describe('a call to orders that was put through', () => {
  const call = callOf([pressed('1'), answered({ orders: 4 }), dialled('completed')]);

  it('goes the same way through the version that it met', () => {
    const result = against(call, {});
    expect(result).toMatchObject({ verdict: 'same', assumptions: [], notes: [] });
    expect(path(result, 'now')).toEqual(path(result, 'was'));
    expect(path(result, 'now').at(-1)).toBe('bye: done -> hang-up');
  });

  it('parts where the menu gives its key to something else, and says which option won and lost', () => {
    const options = [
      { outcome: 'returns', digit: '1' },
      { outcome: 'orders', digit: '2' },
    ];
    const result = against(call, { menu: { ...menu, options } });
    expect(result.verdict).toBe('parts');
    expect(result.parting).toMatchObject({
      kind: 'outcome',
      place: 'menu',
      was: { outcome: 'orders', because: 'the caller pressed 1' },
      now: { outcome: 'returns', lost: [{ rule: 'orders', because: 'its key is 2' }] },
      meetsAgainAt: 'colleague',
    });
  });

  it('parts where the opening hours moved, and stops where a message would be left', () => {
    const result = against(call, {}, '17:00');
    expect(result).toMatchObject({
      verdict: 'parts',
      parting: { kind: 'outcome', place: 'hours', was: { outcome: 'open' }, now: { outcome: 'closed' } },
      stop: { nodeId: 'message', kind: 'never-answered', needs: "the caller's message" },
    });
    expect(result.parting).not.toHaveProperty('meetsAgainAt');
  });

  it('parts by an added rule, by what the tool answered then', () => {
    const rules = [{ outcome: 'vip', when: { variable: 'vars.customer.orders', operator: 'greaterThan', value: 3 } }];
    const result = against(call, { 'is-vip': { ...nodes['is-vip'], rules } as FlowNode });
    expect(result.parting).toMatchObject({
      place: 'is-vip',
      was: {
        outcome: 'otherwise',
        lost: [{ rule: 'vip', because: 'vars.customer.orders (4) is not greater than 10' }],
      },
      now: { outcome: 'vip', because: 'vars.customer.orders (4) is greater than 3' },
    });
    expect(result.stop).toMatchObject({ nodeId: 'manager', needs: 'what becomes of dialling +420222999001' });
  });

  it('meets again after a node that was put in between', () => {
    const words: FlowNode = { type: 'say', text: 'Okamžik.', edges: { next: 'customer' } };
    const changed = { menu: { ...menu, edges: { ...menu.edges, orders: 'words' } } as FlowNode, words };
    const result = against(call, changed);
    expect(result).toMatchObject({
      verdict: 'parts',
      parting: {
        kind: 'edge',
        place: 'menu',
        was: { wentTo: 'customer' },
        now: { wentTo: 'words' },
        meetsAgainAt: 'customer',
      },
    });
    expect(result.stop).toBeUndefined();
    expect(path(result, 'now').at(-1)).toBe('bye: done -> hang-up');
  });

  it('finds a node under its new name', () => {
    const changed = {
      'is-vip': { ...nodes['is-vip'], edges: { vip: 'manager', otherwise: 'team' } } as FlowNode,
      team: transferTo('+420222999002'),
      colleague: nodes['bye'] ?? menu,
    };
    const result = against(call, changed);
    expect(result.assumptions).toEqual([
      { nodeId: 'team', because: 'the answer is the one that "colleague" got in the call' },
    ]);
    expect(path(result, 'now').slice(-2)).toEqual(['team: completed -> bye', 'bye: done -> hang-up']);
  });

  it('skips what the new way does not ask', () => {
    const result = against(call, {
      menu: { type: 'set', assignments: [{ variable: 'x', value: 1 }], edges: { next: 'customer' } },
    });
    expect(result.parting).toMatchObject({ place: 'menu' });
    expect(result.stop).toBeUndefined();
    expect(path(result, 'now').slice(-2)).toEqual(['colleague: completed -> bye', 'bye: done -> hang-up']);
  });

  it('tells other words from another way', () => {
    const bye: FlowNode = { type: 'hangup', lastWords: 'Hezký den.', reason: 'done' };
    const result = against(call, { bye });
    expect(result.verdict).toBe('words');
    expect(result.rows.filter(({ differs }) => differs).map(({ was, now }) => [was?.says, now?.says])).toEqual([
      [['Na shledanou.'], ['Hezký den.']],
    ]);
  });

  it('says that the caller answered other words', () => {
    const result = against(call, { menu: { ...menu, prompt: 'Reklamace 2, objednávky 1.' } });
    expect(result).toMatchObject({
      verdict: 'words',
      assumptions: [{ nodeId: 'menu', because: 'the caller would hear other words before answering' }],
    });
  });

  it.each([
    [
      'another number',
      { colleague: transferTo('+420222999009') },
      'it dials +420222999009, and the call dialled +420222999002',
    ],
    [
      'another argument',
      { customer: { ...nodes['customer'], arguments: { phone: '{{ call.number }}' } } as FlowNode },
      'it asks the tool "crm" with another phone',
    ],
    [
      'another kind of node',
      { colleague: nodes['message'] ?? menu },
      'it was a node of type "transfer", and is "voicemail"',
    ],
  ])('stops where the same node asks for %s', (_what, changed, because) => {
    const result = against(call, changed);
    expect(result.stop).toMatchObject({ kind: 'asks-otherwise', because });
  });
});

it('stops where a menu would ask once more than it did', () => {
  const once = { ...menu, tries: 1 } as FlowNode;
  const call = recordedCall(flowWith({ menu: once }), [pressed(''), { type: 'voicemailLeft', durationS: 5 }], {
    references: references(),
  });
  expect(against(call, {}).stop).toMatchObject({
    nodeId: 'menu',
    needs: 'what the caller presses or says',
    because: 'the call was not asked again',
  });
});

it('does not know what a caller who hung up would have done elsewhere', () => {
  const call = callOf([pressed('1'), { type: 'hungUp' }]);
  expect(against(call, {})).toMatchObject({ verdict: 'same' });
  const result = against(call, { menu: { ...menu, edges: { ...menu.edges, orders: 'message' } } });
  expect(result.stop).toMatchObject({ nodeId: 'message', because: 'the caller hung up at "customer"' });
});

it('ends where the call ended without a word of its end', () => {
  const result = against(callOf([]), {});
  expect(result).toMatchObject({ verdict: 'same' });
  expect(path(result, 'now').at(-1)).toBe('menu: entered -> menu');
});

/** As a database may give it back. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe('what the ledger hides', () => {
  const pin: FlowNode = {
    type: 'collect',
    prompt: 'PIN',
    variable: 'pin',
    sensitive: true,
    minDigits: 4,
    maxDigits: 4,
    finishOnKey: '',
    timeoutMs: 5000,
    tries: 1,
    pattern: '^[0-9]+$',
    edges: { collected: 'is-known', invalid: 'bye', noInput: 'bye' },
  };
  const isKnown: FlowNode = {
    type: 'condition',
    rules: [{ outcome: 'known', when: { variable: 'vars.pin', operator: 'equals', value: '4711' } }],
    edges: { known: 'colleague', otherwise: 'bye' },
  };
  const hidden = { menu: { ...menu, edges: { ...menu.edges, orders: 'pin' } } as FlowNode, pin, 'is-known': isKnown };
  const call = recordedCall(flowWith(hidden), [pressed('1'), pressed('4711'), dialled('completed')], {
    references: references(),
  });

  it('decides as it did, where the nodes are what they were', () => {
    expect(JSON.stringify(call.decisions)).not.toContain('4711');
    const result = against(call, { ...hidden, bye: { type: 'hangup', reason: 'other' } });
    expect(result.parting).toMatchObject({ place: 'bye' });
    expect(path(result, 'now')).toContain('is-known: known -> colleague');
    const stored = { ...call, flow: reversed(call.flow) as CompiledFlow };
    expect(against(stored, hidden)).toMatchObject({ verdict: 'same', assumptions: [] });
  });

  it('stops the replay where another rule looks at it', () => {
    const rules = [{ outcome: 'known', when: { variable: 'vars.pin', operator: 'startsWith', value: '47' } }];
    const result = against(call, { ...hidden, 'is-known': { ...isKnown, rules } as FlowNode });
    expect(result).toMatchObject({
      verdict: 'stops',
      stop: { nodeId: 'is-known', kind: 'hidden-value', because: 'the node is not what it was in the call' },
    });
  });

  it('is taken from the call where it is kept there', () => {
    const byNumber: FlowNode = {
      ...isKnown,
      rules: [{ outcome: 'known', when: { variable: 'caller.number', operator: 'inPrefix', value: ['+420'] } }],
    };
    const changed = {
      hours: { ...nodes['hours'], edges: { open: 'by-number', closed: 'bye' } } as FlowNode,
      'by-number': byNumber,
    };
    expect(path(against(call, { ...hidden, ...changed }), 'now')).toContain('by-number: known -> colleague');
    const { callerNumber: _unknown, ...anonymous } = call;
    expect(against(anonymous, { ...hidden, ...changed }).stop).toMatchObject({
      nodeId: 'by-number',
      kind: 'hidden-value',
    });
  });
});

it('says so where the ledger holds no beginning, or the version is not at hand', () => {
  const call = callOf([pressed('2')]);
  expect(against({ ...call, decisions: [] }, {})).toMatchObject({ verdict: 'unreadable', rows: [] });
  const [first] = call.decisions;
  if (!first) throw new Error('the call has decisions');
  const { event: _none, ...machine } = { ...first, because: 'a machine answered' };
  expect(against({ ...call, decisions: [machine] }, {}).notes).toEqual([
    'the call did not come into its flow: a machine answered',
  ]);
  const { flow: _gone, ...alone } = call;
  expect(against(alone, {})).toMatchObject({
    verdict: 'same',
    notes: ['the version of the call is not at hand: its words and questions are not compared'],
  });
});
