import { expect, it } from 'vitest';
import { compileFlow } from '../../contracts/flow/compile.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { replay } from '../../contracts/flow/replay/replay.ts';
import type { StoredCall } from '../../contracts/flow/replay/stored-call.ts';
import { linesOfCounts, linesOfReplay } from './draw-replay.ts';

const flow = (digit: string): FlowDocument => ({
  schemaVersion: 1,
  name: 'shop',
  languages: ['en-US'],
  voiceId: 'en-US-Standard-C',
  timeZone: 'Europe/Prague',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'menu' } },
    menu: {
      type: 'menu',
      prompt: 'Orders or returns?',
      options: [
        { outcome: 'orders', digit: '1' },
        { outcome: 'returns', digit },
      ],
      timeoutMs: 5000,
      tries: 1,
      edges: { orders: 'colleague', returns: 'bye', noInput: 'bye', noMatch: 'bye' },
    },
    colleague: {
      type: 'transfer',
      to: { phoneNumber: '+420222999111' },
      ringTimeoutS: 20,
      edges: { completed: 'bye', busy: 'bye', noAnswer: 'bye', declined: 'bye', failed: 'bye' },
    },
    bye: { type: 'hangup', lastWords: 'Goodbye.', reason: 'done' },
  },
});
const atMs = Date.UTC(2026, 10, 26, 9);
const step = { step: 1, durationMs: 0, atMs };
const call: StoredCall = {
  callId: 'CA1',
  flowId: 'shop',
  flowVersion: 3,
  language: 'en-US',
  flow: compileFlow(flow('2'), { assistants: {} }),
  decisions: [
    {
      ...step,
      nodeId: 'start',
      nodeType: 'start',
      event: { type: 'started' },
      outcome: 'next',
      wentTo: 'menu',
      rule: 'edge',
    },
    { ...step, nodeId: 'menu', nodeType: 'menu', outcome: 'entered', wentTo: 'menu', rule: 'waits' },
    {
      ...step,
      nodeId: 'menu',
      nodeType: 'menu',
      event: { type: 'digits', digits: '3' },
      outcome: 'noMatch',
      wentTo: 'bye',
      rule: 'edge',
    },
    { ...step, nodeId: 'bye', nodeType: 'hangup', outcome: 'done', wentTo: 'hang-up', rule: 'end' },
  ],
};
const drawing = { against: 'the draft of shop', timeZone: 'Europe/Prague', width: 100 };

it('draws both ways side by side, and says why they part and where they meet', () => {
  const changed = compileFlow(flow('3'), { assistants: {} });
  expect(linesOfReplay(replay(changed, call), drawing)).toEqual([
    'call CA1: against the draft of shop it goes another way',
    '',
    'in the call (shop@3)                             │ against the draft of shop',
    '─────────────────────────────────────────────────┼─────────────────────────────────────────────────',
    '10:00:00 start                                   │ 10:00:00 start',
    '         ↓ next → menu                           │          ↓ next → menu',
    '10:00:00 menu                                    │ 10:00:00 menu',
    '         … waits (entered)                       │          … waits (entered)',
    '10:00:00 menu · pressed 3                        ≠ 10:00:00 menu · pressed 3',
    '         ↓ noMatch → bye                         │          ↓ returns → bye',
    '         no option has the key 3; try 1 of 1     │          the caller pressed 3',
    '10:00:00 bye                                     │ 10:00:00 bye',
    '         ■ done                                  │          ■ done',
    '',
    'The ways part at "menu".',
    '  It was "noMatch": no option has the key 3; try 1 of 1.',
    '    not "orders": its key is 1',
    '    not "returns": its key is 2',
    '  It is "returns": the caller pressed 3.',
    '    not "orders": its key is 1',
    'They meet again at "bye".',
  ]);
});

it('says what it would need where it stops, in lines that fit', () => {
  const orders = { ...flow('2'), nodes: { ...flow('2').nodes } };
  const menu = orders.nodes['menu'];
  if (menu?.type === 'menu') orders.nodes['menu'] = { ...menu, edges: { ...menu.edges, noMatch: 'colleague' } };
  const lines = linesOfReplay(replay(compileFlow(orders, { assistants: {} }), call), { ...drawing, width: 40 });
  expect(lines.filter((line) => line.includes('✗'))).toHaveLength(1);
  expect(lines.slice(-2)).toEqual([
    'The ways part after "menu": "noMatch" led to "bye", and leads to "colleague".',
    'It stops at "colleague": it would need what becomes of dialling +420222999111; the call was never asked this.',
  ]);
  expect(Math.max(...lines.filter((line) => line.includes('│')).map(({ length }) => length))).toBeLessThanOrEqual(72);
});

it('counts a day in words', () => {
  expect(
    linesOfCounts(
      [
        { verdict: 'parts', what: 'menu: orders -> returns', calls: 12, callIds: ['CA1', 'CA2', 'CA3'] },
        { verdict: 'stops', what: "message needs the caller's message", calls: 1, callIds: ['CA4'] },
        { verdict: 'same', what: '', calls: 30, callIds: ['CA5', 'CA6', 'CA7'] },
      ],
      'the draft of shop',
    ),
  ).toEqual([
    '43 calls against the draft of shop',
    '  12  go another way: menu: orders -> returns  (CA1, CA2, CA3, …)',
    "   1  goes the same way as far as the call has answers: message needs the caller's message  (CA4)",
    '  30  go the same way and hear the same words',
  ]);
});
