import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { agentNode } from './agent.ts';

it('rings the person and leaves by the answer', () => {
  const agent = flowOf(agentNode.example);
  expect(play(agent, []).last.instructions).toEqual([
    { type: 'ringAgent', nodeId: 'it', visit: 2, agentId: 'jana', ringTimeoutS: 20 },
  ]);
  for (const outcome of ['served', 'noAnswer', 'declined', 'offline'] as const)
    expect(play(agent, [{ type: 'agentEnded', outcome }]).ended).toBe(outcome);
});
