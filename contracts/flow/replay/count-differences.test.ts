import { expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import { flowOf } from '../testing/play.ts';
import { recordedCall } from '../testing/recorded-call.ts';
import { countDifferences } from './count-differences.ts';
import { replay } from './replay.ts';

const menu = (digits: readonly [string, string], prompt = 'Orders 1, returns 2.') =>
  flowOf({
    type: 'menu',
    prompt,
    options: [
      { outcome: 'orders', digit: digits[0] },
      { outcome: 'returns', digit: digits[1] },
    ],
    timeoutMs: 5000,
    tries: 1,
    edges: { orders: 'x', returns: 'x', noInput: 'x', noMatch: 'x' },
  });
const day = ['1', '1', '2', '', '1'].map((digits, i) => ({
  ...recordedCall(menu(['1', '2']), [{ type: 'digits', digits }]),
  callId: `CA${i + 1}`,
}));
const count = (document: ReturnType<typeof menu>) =>
  countDifferences(day.map((call) => replay(compileFlow(document, { assistants: {} }), call)));

it('counts the calls of a day by where and how they part, the most frequent first', () => {
  expect(count(menu(['3', '1']))).toEqual([
    { verdict: 'parts', what: 'it: orders -> returns', calls: 3, callIds: ['CA1', 'CA2', 'CA5'] },
    { verdict: 'parts', what: 'it: returns -> noMatch', calls: 1, callIds: ['CA3'] },
    { verdict: 'same', what: '', calls: 1, callIds: ['CA4'] },
  ]);
});

it('names where other words are heard, and no more than three calls', () => {
  expect(count(menu(['1', '2'], 'Press.'))).toEqual([
    { verdict: 'words', what: 'it', calls: 5, callIds: ['CA1', 'CA2', 'CA3'] },
  ]);
});
