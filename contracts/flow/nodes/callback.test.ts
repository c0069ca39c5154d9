import { expect, it } from 'vitest';
import { flowOf, play, startMs } from '../testing/play.ts';
import { callbackNode } from './callback.ts';

const asked = flowOf(callbackNode.example);
const own = flowOf({ ...callbackNode.example, number: 'caller' });
const press = (digits: string) => ({ type: 'digits', digits }) as const;

it('asks for the number, and takes it with the country that it was typed without', () => {
  const { steps, ended } = play(asked, [press('777123456'), { type: 'callbackPlanned', outcome: 'scheduled' }]);
  expect(steps[0]?.instructions).toMatchObject([{ type: 'gather', finishOnKey: '#' }]);
  expect(steps[1]?.instructions).toEqual([
    {
      type: 'planCallback',
      nodeId: 'it',
      visit: 2,
      phoneNumber: '+420777123456',
      queueId: 'support',
      window: { fromMs: startMs + 1000, untilMs: startMs + 1000 + 240 * 60_000 },
    },
  ]);
  expect(ended).toBe('scheduled');
});

it('takes a number of another country, and gives up on what is none', () => {
  expect(play(asked, [press('0049301234567')]).last.instructions).toMatchObject([{ phoneNumber: '+49301234567' }]);
  expect(play(asked, [press('1'), press('')]).ended).toBe('invalid');
});

it("calls the caller's own number without asking", () => {
  const { last } = play(own, []);
  expect(last.instructions).toMatchObject([{ type: 'planCallback', phoneNumber: '+420777123456' }]);
  expect(play(own, [{ type: 'callbackPlanned', outcome: 'refused' }]).ended).toBe('refused');
});

it('takes no answer before it has planned, and no digits after', () => {
  expect(play(asked, [{ type: 'callbackPlanned', outcome: 'scheduled' }]).last.decisions).toMatchObject([
    { rule: 'ignored' },
  ]);
  expect(play(own, [press('1')]).last.decisions).toMatchObject([{ rule: 'ignored' }]);
});

it('finds a window that ends before it begins, and a question without words', () => {
  const { ask: _ask, ...silent } = callbackNode.example;
  const window = { fromMinutes: 60, untilMinutes: 30 };
  expect(
    callbackNode.check?.({ ...silent, window }, { assistants: {}, queues: { support: { name: 's' } } }),
  ).toHaveLength(2);
});
