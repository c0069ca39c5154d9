import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { assistantNode } from './assistant.ts';

const variables = { order: { type: 'text', default: '4711' } } as const;
const assistant = flowOf(assistantNode.example, { variables });

it('gives the assistant what the node says', () => {
  expect(play(assistant, []).last.instructions).toEqual([
    {
      type: 'assistant',
      nodeId: 'it',
      assistantId: 'reception',
      inputs: { order: '4711' },
      maxDurationMs: 600_000,
      outcomes: [{ name: 'appointment', description: 'The caller wants an appointment.' }],
      returnsFacts: true,
    },
  ]);
});

it('leaves by the outcome and keeps what the assistant returned', () => {
  const left = { type: 'assistantLeft', outcome: 'appointment', data: { day: 'Monday' } } as const;
  const { ended, state } = play(assistant, [left]);
  expect([ended, state.vars['talk']]).toEqual(['appointment', { day: 'Monday' }]);
});

it('has the outcomes of its assistant, its own, and those of every assistant', () => {
  const references = { assistants: { reception: { outcomes: [{ name: 'order' }] } } };
  expect(assistantNode.outcomes(assistantNode.example, references)).toEqual([
    'order',
    'appointment',
    'ended',
    'wantsHuman',
    'escalation',
    'silence',
    'timeLimit',
    'failed',
  ]);
});
