import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { waitNode } from './wait.ts';

const references = { prompts: { 'hold-music': { audio: { 'cs-CZ': { audioId: 'a1', durationMs: 10_000 } } } } };

it('holds the caller with music until the carrier is done', () => {
  const { steps, ended } = play(flowOf(waitNode.example), [{ type: 'done' }], { references });
  expect(steps[0]?.instructions).toEqual([
    { type: 'wait', durationMs: 20_000, music: { promptId: 'hold-music', audioId: 'a1', durationMs: 10_000 } },
  ]);
  expect(ended).toBe('next');
});

it('holds in silence', () => {
  expect(play(flowOf({ type: 'wait', durationS: 3, edges: { next: 'x' } }), []).last.instructions).toEqual([
    { type: 'wait', durationMs: 3000 },
  ]);
});
