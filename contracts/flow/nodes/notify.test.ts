import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';

it('tells what is known and does not wait', () => {
  const text = 'Volá {{ contact.name }} z {{ caller.country }}.';
  const { last, ended } = play(flowOf({ type: 'notify', to: { webhookId: 'crm' }, text, edges: { next: 'x' } }), []);
  expect(last.instructions[0]).toEqual({
    type: 'notify',
    nodeId: 'it',
    to: { webhookId: 'crm' },
    text: 'Volá Jana z CZ.',
  });
  expect(ended).toBe('next');
});
