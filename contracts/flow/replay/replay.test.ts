import { describe, expect, it } from 'vitest';
import type { FlowNode } from '../document.ts';
import { recordedCall } from '../testing/recorded-call.ts';
import {
  against,
  answered,
  callOf,
  dialled,
  flowWith,
  menu,
  nodes,
  path,
  pressed,
  references,
  transferTo,
} from '../testing/replayed-shop.ts';

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
