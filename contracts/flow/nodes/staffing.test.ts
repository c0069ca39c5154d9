import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { staffingNode } from './staffing.ts';

const staffing = flowOf(staffingNode.example);
const seen = (agentsReady: number, waiting: number, estimatedWaitS: number) =>
  ({ type: 'staffing', agentsReady, waiting, estimatedWaitS }) as const;

it('asks how the queue stands', () => {
  expect(play(staffing, []).last.instructions).toEqual([
    { type: 'askStaffing', nodeId: 'it', visit: 2, queueId: 'support' },
  ]);
});

it.each([
  ['quick', seen(1, 2, 0), 'agents ready (1) at least 1 and callers waiting (2) at most 2'],
  ['long', seen(1, 3, 600), 'estimated seconds (600) at least 600'],
  ['otherwise', seen(0, 3, 599), 'no rule holds'],
])('leaves by %s', (outcome, event, because) => {
  const { ended, decision, state } = play(staffing, [event]);
  expect([ended, decision?.because]).toEqual([outcome, because]);
  expect(state.facts.queue).toMatchObject({ waiting: event.waiting });
});

it('tells of the first bound that a lost rule failed', () => {
  expect(play(staffing, [seen(0, 9, 900)]).decision?.lost).toEqual([
    { rule: 'quick', because: 'not: agents ready (0) at least 1' },
  ]);
});
