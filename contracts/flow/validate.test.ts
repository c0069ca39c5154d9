import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderContext, orderFlow, say, withNodes } from './testing/order-flow.ts';
import { readFlowDocument, validate } from './validate.ts';
import type { ProblemCode } from './validation/problem.ts';

const found = (document: unknown) => validate(document, orderContext).map(({ code, at }) => [code, at]);
it('finds nothing in a sound flow', () => {
  expect(validate(orderFlow, orderContext)).toEqual([]);
  expect(readFlowDocument(orderFlow, orderContext)).toBe(orderFlow);
});

it('refuses to read a flow with errors, and names them all', () => {
  const document = withNodes({ welcome: say('{{ vars.oder }}', 'nowhere') });
  expect(() => readFlowDocument(document, orderContext)).toThrow(
    /welcome\/edges\/next: .*nowhere.*\n.*there is no variable/s,
  );
  expect(() => readFlowDocument({ nodes: 1 }, orderContext)).toThrow(/cannot be published/);
});

describe('each problem has its code and its place', () => {
  it.each<[what: string, document: object, problems: [code: ProblemCode, at: string][]]>([
    ['no flow at all', { ...orderFlow, name: 1 }, [['wrong-shape', '/name']]],
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
    ['another start', { ...orderFlow, start: 'bye' }, [['no-start', '/start']]],
    ['a fault edge to nowhere', { ...orderFlow, fault: 'by' }, [['fault-to-nowhere', '/fault']]],
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
    [
      'an id that is none',
      withNodes({ 'our island': say('x') }),
      [
        ['bad-node-id', '/nodes/our island'],
        ['unreachable-node', '/nodes/our island'],
      ],
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
      withNodes({
        order: { ...orderFlow.nodes.order, edges: { collected: 'repeat', noInput: 'repeat', invalid: 'bye' } },
      }),
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
      withNodes({ order: { ...orderFlow.nodes.order, edges: { collected: 'repeat' } } }),
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
    ['an unknown zone', { ...orderFlow, timeZone: 'Europe/Praha' }, [['unknown-zone', '/timeZone']]],
    ['a message that is no template', { ...orderFlow, voicemailMessage: '{{ x' }, [['bad-text', '/voicemailMessage']]],
    [
      'a message without a variable and a language',
      { ...orderFlow, voicemailMessage: { 'cs-CZ': '{{ vars.oder }}' } },
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
    const { fault: _, ...alone } = orderFlow;
    const problems = validate(alone, orderContext);
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
        order: { ...orderFlow.nodes.order, edges: { collected: 'rule', noInput: 'hours' } },
      };
      const there = { ...orderContext, calendars: {}, flows: {}, tools: {} };
      expect(validate(withNodes(nodes, { voicemailMessage: text }), there).length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it('finds conditions that do not fit, and loops by way of nodes that need not ask', () => {
  const rules = [{ outcome: 'yes', when: { all: [{ variable: 'caller.number', operator: 'isTrue' }] } }];
  const condition = { type: 'condition', rules, edges: { yes: 'order', otherwise: 'order' } };
  expect(found(withNodes({ welcome: condition }))).toEqual([['bad-condition', '/nodes/welcome/rules/0/when/all/0']]);
  const set = { type: 'language', method: 'set', choices: [{ language: 'cs-CZ' }], edges: { 'cs-CZ': 'repeat' } };
  expect(found(withNodes({ helper: set }))).toContainEqual(['loop-without-waiting', '/nodes/repeat']);
});

it('speaks both languages, errors first', () => {
  const problems = validate(
    withNodes({ welcome: say('{{ vars.oder }}{{ x', 'nowhere'), island: say('x') }),
    orderContext,
  );
  expect(problems.map(({ severity }) => severity)).toEqual(problems.map(({ severity }) => severity).toSorted());
  for (const { message } of problems) expect(message.cs).not.toBe(message.en);
});
