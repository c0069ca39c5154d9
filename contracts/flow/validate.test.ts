import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../tools.ts';
import { isObject } from './bounds.ts';
import { weekdays } from './calendar/weekdays.ts';
import type { FlowDocument } from './document.ts';
import type { PatchOperation, ProblemCode } from './validation/problem.ts';
import { readFlowDocument, validate } from './validate.ts';
import type { ValidationContext } from './validation/validation-context.ts';

const context: ValidationContext = {
  assistants: { reception: { outcomes: [{ name: 'sold' }] } },
  queues: { sales: { name: 'Sales' } },
  nowMs: Date.parse('2026-11-27T12:00Z'),
};
const flow = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ', 'en-US'],
  voiceId: 'cs-CZ-Standard-A',
  variables: { order: { type: 'text' } },
  start: 'start',
  fault: 'bye',
  nodes: {
    start: { type: 'start', edges: { next: 'welcome' } },
    welcome: { type: 'say', text: { 'cs-CZ': 'Vítejte', 'en-US': 'Welcome' }, edges: { next: 'order' } },
    order: {
      type: 'collect',
      prompt: 'Číslo?',
      variable: 'order',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 2,
      edges: { collected: 'repeat', noInput: 'bye', invalid: 'bye' },
    },
    repeat: { type: 'say', text: 'Zadali jste {{ vars.order | digits }}.', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'reception', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou' },
  },
};

/** The flow with some nodes replaced, added, or (null) gone. */
const withNodes = (nodes: Record<string, object | null>, more: object = {}) => ({
  ...flow,
  ...more,
  nodes: Object.fromEntries(Object.entries({ ...flow.nodes, ...nodes }).filter(([, node]) => node !== null)),
});
const found = (document: unknown) => validate(document, context).map(({ code, at }) => [code, at]);
const say = (text: unknown, next = 'order') => ({ type: 'say', text, edges: { next } });

it('finds nothing in a sound flow', () => {
  expect(validate(flow, context)).toEqual([]);
  expect(readFlowDocument(flow, context)).toBe(flow);
});

it('refuses to read a flow with errors, and names them all', () => {
  const document = withNodes({ welcome: say('{{ vars.oder }}', 'nowhere') });
  expect(() => readFlowDocument(document, context)).toThrow(
    /welcome\/edges\/next: .*nowhere.*\n.*there is no variable/s,
  );
  expect(() => readFlowDocument({ nodes: 1 }, context)).toThrow(/cannot be published/);
});

describe('each problem has its code and its place', () => {
  it.each<[what: string, document: object, problems: [code: ProblemCode, at: string][]]>([
    ['no flow at all', { ...flow, name: 1 }, [['wrong-shape', '/name']]],
    [
      'a node of another shape',
      withNodes({ welcome: { type: 'say', edges: {} } }),
      [['wrong-shape', '/nodes/welcome']],
    ],
    [
      'an unknown type',
      withNodes({ welcome: { type: 'sya', edges: {} } }),
      [['unknown-node-type', '/nodes/welcome/type']],
    ],
    ['another start', { ...flow, start: 'bye' }, [['no-start', '/start']]],
    ['a fault edge to nowhere', { ...flow, fault: 'by' }, [['fault-to-nowhere', '/fault']]],
    [
      'an edge to nowhere',
      withNodes({ welcome: say('x', 'ordr') }),
      [
        ['edge-to-nowhere', '/nodes/welcome/edges/next'],
        ['unreachable-node', '/nodes/order'],
        ['unreachable-node', '/nodes/repeat'],
        ['unreachable-node', '/nodes/helper'],
      ],
    ],
    [
      'an outcome that is none',
      withNodes({ welcome: { ...say('x'), edges: { next: 'order', nxt: 'bye' } } }),
      [['unknown-outcome', '/nodes/welcome/edges/nxt']],
    ],
    ['an island', withNodes({ island: say('x') }), [['unreachable-node', '/nodes/island']]],
    [
      'a loop that spins',
      withNodes({ repeat: say('x', 'welcome'), order: null, welcome: say('y', 'repeat') }),
      [
        ['loop-without-waiting', '/nodes/welcome'],
        ['no-way-to-end', '/nodes/start'],
        ['unreachable-node', '/nodes/helper'],
      ],
    ],
    [
      'a node that leads to itself',
      withNodes({ repeat: say('{{ vars.order }}', 'repeat') }),
      [
        ['no-way-to-end', '/nodes/repeat'],
        ['loop-without-waiting', '/nodes/repeat'],
        ['unreachable-node', '/nodes/helper'],
      ],
    ],
    [
      'a text that is no template',
      withNodes({ welcome: say({ 'cs-CZ': 'a', 'en-US': '{{ vars.order | upcsae }}{% for x in y %}{% endfor %}' }) }),
      [
        ['bad-text', '/nodes/welcome/text/en-US'],
        ['bad-text', '/nodes/welcome/text/en-US'],
      ],
    ],
    [
      'a language without text',
      withNodes({ welcome: say({ 'cs-CZ': 'a' }) }),
      [['language-missing', '/nodes/welcome/text']],
    ],
    [
      'a text without language',
      withNodes({ welcome: say({ cs: 'a', 'en-GB': 'b', 'de-DE': 'c' }) }),
      [['language-unknown', '/nodes/welcome/text/de-DE']],
    ],
    [
      'an unknown variable',
      withNodes({ repeat: say('{{ vars.oder }}', 'helper') }),
      [['unknown-variable', '/nodes/repeat/text']],
    ],
    [
      'a variable that nothing sets',
      withNodes({ welcome: say('{{ vars.order }}') }),
      [['variable-never-set', '/nodes/welcome/text']],
    ],
    [
      'a variable that is set on some paths',
      withNodes({ order: { ...flow.nodes.order, edges: { collected: 'repeat', noInput: 'repeat', invalid: 'bye' } } }),
      [['variable-maybe-unset', '/nodes/repeat/text']],
    ],
    [
      'a queue that was not entered',
      withNodes({ welcome: say('{{ queue.position }}') }),
      [['variable-never-set', '/nodes/welcome/text']],
    ],
    [
      'a secret',
      withNodes({ welcome: say('Bearer abcdefghijklmnop1234') }),
      [['secret-in-clear-text', '/nodes/welcome/text']],
    ],
    [
      'silence and wrong input without ways',
      withNodes({ order: { ...flow.nodes.order, edges: { collected: 'repeat' } } }),
      [
        ['menu-without-silence-way', '/nodes/order/edges'],
        ['menu-without-wrong-input-way', '/nodes/order/edges'],
      ],
    ],
    [
      'an unknown assistant',
      withNodes({ helper: { type: 'assistant', assistantId: 'recption', edges: { ended: 'bye' } } }),
      [['unknown-reference', '/nodes/helper/assistantId']],
    ],
    ['an unknown zone', { ...flow, timeZone: 'Europe/Praha' }, [['unknown-zone', '/timeZone']]],
    ['a message that is no template', { ...flow, voicemailMessage: '{{ x' }, [['bad-text', '/voicemailMessage']]],
    [
      'a message without a variable and a language',
      { ...flow, voicemailMessage: { 'cs-CZ': '{{ vars.oder }}' } },
      [
        ['unknown-variable', '/voicemailMessage/cs-CZ'],
        ['language-missing', '/voicemailMessage'],
      ],
    ],
    [
      'a node that no call can do yet',
      withNodes({ welcome: { type: 'queue', queueId: 'sales', maxWaitS: 60, edges: { served: 'order' } } }),
      [['not-live-yet', '/nodes/welcome']],
    ],
  ])('%s', (_, document, problems) => expect(new Set(found(document))).toEqual(new Set(problems)));

  it('without a fault edge outcomes need their own', () => {
    const { fault: _, ...alone } = flow;
    const problems = validate(alone, context);
    expect(problems.every(({ code }) => code === 'outcome-without-edge')).toBe(true);
    expect(problems).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        nodeId: 'helper',
        outcome: 'escalation',
        at: '/nodes/helper/edges',
      }),
    );
  });

  it('a default makes a variable known on every path', () => {
    const document = withNodes(
      { welcome: say('{{ vars.order }}') },
      { variables: { order: { type: 'text', default: '' } } },
    );
    expect(found(document)).toEqual([]);
  });
});

describe('what a flow refers to', () => {
  const weekly = [{ days: ['mon' as const], from: '08:00', to: '18:00' }];
  const inner = (flowId: string, version?: number) => ({
    ...flow,
    nodes: {
      start: { type: 'start', edges: { next: 'sub' } },
      sub: { type: 'subflow', flowId, ...(version !== undefined && { version }), edges: { done: 'back' } },
      back: { type: 'return', name: 'done' },
    },
  });
  const there: ValidationContext = {
    ...context,
    flowId: 'main',
    calendars: {
      shop: { timeZone: 'Europe/Prague', weekly },
      never: { timeZone: 'Europe/Prague', weekly: [] },
      always: { timeZone: 'Europe/Prague', weekly: [{ days: [...weekdays], from: '00:00', to: '24:00' }] },
      nowhere: { timeZone: 'Europe/Praha', weekly },
    },
    queues: { sales: { name: 'Sales' } },
    prompts: { hello: { audio: { 'cs-CZ': { audioId: 'a', durationMs: 1 } } } },
    tools: {},
    flows: {
      back: { liveVersion: 1, versions: { 1: inner('main') as FlowDocument } },
      circle: { liveVersion: 2, versions: { 2: inner('circle') as FlowDocument } },
      deep: { liveVersion: 1, versions: { 1: inner('back') as FlowDocument } },
      draft: { versions: {} },
      good: {
        liveVersion: 1,
        versions: { 1: { ...flow, nodes: { ...flow.nodes, bye: { type: 'return', name: 'done' } } } as FlowDocument },
      },
    },
    numbers: ['+420222111000', '+420222111001'],
    ownNumbers: ['+420222111000'],
  };
  const hours = (calendarId: string) => ({ type: 'hours', calendarId, edges: { open: 'order', closed: 'order' } });
  const sub = (flowId: string, version?: number) => ({
    type: 'subflow',
    flowId,
    ...(version !== undefined && { version }),
    edges: { done: 'order' },
  });
  const transfer = (phoneNumber: string, callerId?: string) => ({
    type: 'transfer',
    to: { phoneNumber },
    ...(callerId && { callerId }),
    ringTimeoutS: 20,
    edges: {},
  });
  const queue = (queueId: string) => ({ type: 'queue', queueId, maxWaitS: 60, edges: {} });

  it.each<[what: string, node: object, problems: [code: ProblemCode, at: string][]]>([
    ['a calendar', hours('shop'), []],
    ['no calendar', hours('shp'), [['unknown-reference', '/nodes/welcome/calendarId']]],
    ['a calendar that is never open', hours('never'), [['calendar-never-open', '/nodes/welcome/calendarId']]],
    ['a calendar that is always open', hours('always'), [['calendar-always-open', '/nodes/welcome/calendarId']]],
    ['a calendar of no zone', hours('nowhere'), [['calendar-broken', '/nodes/welcome/calendarId']]],
    [
      'a queue',
      queue('sales'),
      [
        ['not-live-yet', '/nodes/welcome'],
        ['unreachable-node', '/nodes/order'],
        ['unreachable-node', '/nodes/repeat'],
        ['unreachable-node', '/nodes/helper'],
      ],
    ],
    ['a flow', sub('good', 1), []],
    ['no flow', sub('goood'), [['unknown-reference', '/nodes/welcome/flowId']]],
    ['a version that is not there', sub('good', 7), [['unknown-version', '/nodes/welcome/flowId']]],
    ['a flow that was never published', sub('draft'), [['unknown-version', '/nodes/welcome/flowId']]],
    [
      'itself',
      sub('main'),
      [
        ['unknown-reference', '/nodes/welcome/flowId'],
        ['subflow-calls-itself', '/nodes/welcome/flowId'],
      ],
    ],
    ['a flow that comes back', sub('back'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    ['a flow that comes back by another', sub('deep'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    ['a flow that enters itself', sub('circle'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    [
      'a prompt without one of the languages',
      { type: 'say', text: { promptId: 'hello' }, edges: { next: 'order' } },
      [['prompt-language-missing', '/nodes/welcome/text/promptId']],
    ],
    ['a number of another', transfer('+420222111001'), []],
    ['its own number', transfer('+420222111000'), [['transfer-to-own-number', '/nodes/welcome/to/phoneNumber']]],
    [
      'a caller ID that is not its own',
      transfer('+420222999888', '+420999888777'),
      [['unknown-reference', '/nodes/welcome/callerId']],
    ],
  ])('%s', (_, node, problems) => {
    const reports = validate(withNodes({ welcome: node }), there).map(({ code, at }) => [code, at]);
    const isHere = ([code]: readonly unknown[]): boolean => code !== 'unreachable-node' && code !== 'not-live-yet';
    expect(new Set(reports.filter(isHere))).toEqual(new Set(problems.filter(isHere)));
  });
});

it('never throws, whatever names and texts stand in a flow', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      '{{ vars.a["x(("] }}',
      '{{ vars.order["*"] }}',
      '{{',
      '+',
      '',
    ),
    fc.string({ maxLength: 10 }),
  );
  fc.assert(
    fc.property(nasty, nasty, nasty, nasty, (id, text, target, variable) => {
      const nodes = {
        welcome: say(text, target),
        hours: { type: 'hours', calendarId: id, edges: { [id]: target } },
        sub: { type: 'subflow', flowId: id, version: 1, edges: { [text]: 'hours' } },
        set: { type: 'set', assignments: [{ variable: 'x', value: text }], edges: { next: 'sub' } },
        rule: {
          type: 'condition',
          rules: [{ outcome: 'a', when: { variable, operator: 'matches', value: text } }],
          edges: { a: 'hours', otherwise: 'set' },
        },
        order: { ...flow.nodes.order, edges: { collected: 'rule', noInput: 'hours' } },
      };
      const there = { ...context, calendars: {}, flows: {}, tools: {} };
      expect(validate(withNodes(nodes, { voicemailMessage: text }), there).length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

describe('menus', () => {
  const menu = (options: object[], edges: object = { noInput: 'bye', noMatch: 'bye' }) =>
    withNodes({
      welcome: {
        type: 'menu',
        prompt: 'Volba?',
        options,
        timeoutMs: 5000,
        tries: 2,
        edges: { a: 'order', b: 'order', ...edges },
      },
    });

  it.each<[what: string, document: object, problems: [code: ProblemCode, at: string][]]>([
    [
      'two keys',
      menu([
        { outcome: 'a', digit: '1' },
        { outcome: 'b', digit: '2' },
      ]),
      [],
    ],
    [
      'one key twice',
      menu([
        { outcome: 'a', digit: '1' },
        { outcome: 'b', digit: '1' },
      ]),
      [['overlapping-digits', '/nodes/welcome/options/1']],
    ],
    ['neither key nor words', menu([{ outcome: 'a' }, { outcome: 'b', digit: '1' }]), [['bad-node', '/nodes/welcome']]],
    [
      'no way for silence',
      menu(
        [
          { outcome: 'a', digit: '1' },
          { outcome: 'b', digit: '2' },
        ],
        { noMatch: 'bye' },
      ),
      [['menu-without-silence-way', '/nodes/welcome/edges']],
    ],
    [
      'no way for wrong input',
      menu(
        [
          { outcome: 'a', digit: '1' },
          { outcome: 'b', digit: '2' },
        ],
        { noInput: 'bye' },
      ),
      [['menu-without-wrong-input-way', '/nodes/welcome/edges']],
    ],
  ])('%s', (_, document, problems) => expect(found(document)).toEqual(problems));
});

it('finds conditions that do not fit, and loops by way of nodes that need not ask', () => {
  const rules = [{ outcome: 'yes', when: { all: [{ variable: 'caller.number', operator: 'isTrue' }] } }];
  const condition = { type: 'condition', rules, edges: { yes: 'order', otherwise: 'order' } };
  expect(found(withNodes({ welcome: condition }))).toEqual([['bad-condition', '/nodes/welcome/rules/0/when/all/0']]);
  const set = { type: 'language', method: 'set', choices: [{ language: 'cs-CZ' }], edges: { 'cs-CZ': 'repeat' } };
  expect(found(withNodes({ helper: set }))).toContainEqual(['loop-without-waiting', '/nodes/repeat']);
});

describe('proposed fixes', () => {
  it.each<[string, object]>([
    ['an outcome that is none', withNodes({ welcome: { ...say('x'), edges: { next: 'order', nxt: 'bye' } } })],
    ['an island', withNodes({ island: say('x') }, { layout: { island: { x: 1, y: 2 } } })],
    [
      'a misspelt variable',
      withNodes({
        repeat: say({ 'cs-CZ': '{{ vars.oder | digits }}', 'en-US': '{{vars.oder}} {{ vars.order }}' }, 'helper'),
      }),
    ],
    ['a text without language', withNodes({ welcome: say({ 'cs-CZ': 'a', 'en-US': 'b', 'de-DE': 'c' }) })],
    ['another start', { ...flow, start: 'welcome' }],
    [
      'copies of what is sensitive',
      withNodes({
        welcome: {
          type: 'set',
          assignments: [
            { variable: 'mine', value: 'PIN {{ caller.number }}' },
            { variable: 'order', value: { number: '{{ caller.number }}' } },
            { variable: 'count', value: 1 },
          ],
          edges: { next: 'order' },
        },
      }),
    ],
  ])('of %s mends it', (_, document) => {
    const before = validate(document, context);
    const fixes = before.flatMap(({ fix = [] }) => fix);
    expect(fixes.length).toBeGreaterThan(0);
    expect(validate(patched(document, fixes), context)).toEqual([]);
  });
});

it('speaks both languages, errors first', () => {
  const problems = validate(withNodes({ welcome: say('{{ vars.oder }}{{ x', 'nowhere'), island: say('x') }), context);
  expect(problems.map(({ severity }) => severity)).toEqual(problems.map(({ severity }) => severity).toSorted());
  for (const { message } of problems) expect(message.cs).not.toBe(message.en);
});

/** Applies a patch as RFC 6902 says, for the operations that fixes use. */
function patched(document: object, operations: readonly PatchOperation[]): Json {
  const copy: Json = JSON.parse(JSON.stringify(document));
  for (const operation of operations) {
    const steps = operation.path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() ?? '';
    const parent = steps.reduce<Json | undefined>((each, step) => (isObject(each) ? each[step] : undefined), copy);
    if (!isObject(parent) || (operation.op !== 'add' && !Object.hasOwn(parent, last)))
      throw new Error(`no ${operation.path}`);
    if (operation.op === 'remove') Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, operation.value);
  }
  return copy;
}
