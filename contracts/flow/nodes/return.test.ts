import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { returnNode } from './return.ts';

it('takes the fault path where there is no flow to return to', () => {
  const { last } = play(flowOf(returnNode.example), []);
  expect(last.instructions).toEqual([{ type: 'degraded' }]);
  expect(last.decisions.at(-1)).toMatchObject({ outcome: 'verified', because: 'there is no flow to return to' });
});
