import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { smsNode } from './sms.ts';

const sms = (changes: Partial<(typeof smsNode)['example']> = {}) =>
  flowOf({ ...smsNode.example, ...changes }, { variables: { order: { type: 'text', default: '4711' } } });

it('writes to the caller, and leaves by what became of it', () => {
  expect(play(sms(), []).last.instructions).toEqual([
    { type: 'sendSms', nodeId: 'it', visit: 2, to: '+420777123456', text: 'Objednávka 4711 je na cestě.' },
  ]);
  for (const status of ['sent', 'failed'] as const)
    expect(play(sms(), [{ type: 'smsEnded', status }]).ended).toBe(status);
});

it('writes nothing to what is no number', () => {
  expect(play(sms({ to: '{{ vars.order }}' }), []).ended).toBe('failed');
});

it('cuts what no message holds, and says so', () => {
  const { last, decision } = play(sms({ text: 'x'.repeat(700) }), []);
  expect(last.instructions).toMatchObject([{ text: 'x'.repeat(670) }]);
  expect(decision?.notes).toEqual(['the message was cut at 670 characters']);
});
