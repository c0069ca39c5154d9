import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { queueNode } from './queue.ts';

const queue = flowOf(queueNode.example);
const references = { prompts: { 'hold-music': { audio: { 'cs-CZ': { audioId: 'a1', durationMs: 60_000 } } } } };

it('enqueues with all that the caller gets while waiting', () => {
  expect(play(queue, [], { references }).last.instructions).toMatchObject([
    {
      type: 'enqueue',
      visit: 2,
      queueId: 'support',
      priority: 3,
      skills: ['cs'],
      maxWaitS: 600,
      hold: {
        music: { audioId: 'a1' },
        announceEveryS: 30,
        tellPosition: false,
        tellWait: true,
        exitKeys: ['1'],
        callbackKey: '2',
      },
    },
  ]);
});

it('leaves by what the queue says, and keeps what it told of itself', () => {
  const event = { type: 'queueEnded', outcome: 'key1', facts: { waitedS: 42 } } as const;
  const { ended, state } = play(queue, [event], { references });
  expect([ended, state.facts.queue]).toEqual(['key1', { waitedS: 42 }]);
});

it('has an outcome for each exit key, and no key for two things', () => {
  expect(queueNode.outcomes(queueNode.example, { assistants: {} })).toContain('key1');
  const hold = { exitKeys: ['2'], callbackKey: '2' };
  expect(queueNode.check?.({ ...queueNode.example, hold }, { assistants: {} })).toMatchObject([
    { message: { en: expect.stringContaining('the key 2') } },
  ]);
  expect(queueNode.isLive(queueNode.example)).toBe(false);
});
