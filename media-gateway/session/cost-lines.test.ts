import { expect, it } from 'vitest';
import { costLines } from './cost-lines.ts';

it('bills each kind of token of each model in integer millionths, under names that a later write replaces', () => {
  const usage = { textIn: 1000, audioIn: 2000, textOut: 0, audioOut: 500, thoughts: 0, cached: 0 };
  const lines = costLines(new Map([['gemini-3.8-live', usage]]), 2, '2026-11-23');
  expect(lines.map(({ entryId, quantity, amountMillionths }) => [entryId, quantity, amountMillionths])).toEqual([
    ['model/2/gemini-3.8-live/text-input-token', 1000, 750],
    ['model/2/gemini-3.8-live/audio-input-token', 2000, 6000],
    ['model/2/gemini-3.8-live/audio-output-token', 500, 6000],
  ]);
});
