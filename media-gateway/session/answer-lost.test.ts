import { expect, it } from 'vitest';
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import { callerSays, greeted, speech, startTestCall, type TestCall } from './session-fixture.ts';

/** The caller has asked something, and of the answer the first 1.2 s have come, without any words. */
async function answerBegun(): Promise<TestCall> {
  const call = startTestCall();
  await greeted(call);
  await callerSays(call, 'Jste tam?');
  call.live().emit(speech(400));
  call.live().emit({ type: 'assistantTranscript', text: 'Ano.' });
  call.live().emit({ type: 'generationComplete' });
  await call.pass(500);
  call.live().emit({ type: 'turnComplete' });
  call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
  await call.pass(1000, 'speaking');
  await call.pass(500);
  call.live().emit(speech(1200));
  return call;
}

const lose = (call: TestCall): void => call.live().emit({ type: 'closed', code: 1006, reason: '' });

it('is begun anew where its model dies before any words came, and the caller is heard again', async () => {
  const call = await answerBegun();
  const { heardMs } = call.live();
  await call.pass(500);
  lose(call);
  const { playedMs } = call.carrier;
  await call.pass(300);
  expect(call.carrier.playedMs).toBe(playedMs);
  expect(call.live().config.resumptionHandle).toBe('h1');
  expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
  expect(call.live().heardMs).toBeGreaterThan(1000);
  expect(call.live().heardMs).toBeLessThan(heardMs);
  expect(call.live().texts).toEqual([]);
  call.live().emit(speech(1500));
  call.live().emit({ type: 'callerTranscript', text: 'Kde je objednávka?' });
  call.live().emit({ type: 'assistantTranscript', text: 'Je na cestě.' });
  call.live().emit({ type: 'generationComplete' });
  await call.pass(1600);
  expect([...call.turns.values()].slice(3)).toMatchObject([
    { speaker: 'caller', text: 'Kde je objednávka?', textMissing: false },
    { speaker: 'assistant', interrupted: true, textMissing: true },
    { speaker: 'assistant', interrupted: false, text: 'Je na cestě.' },
  ]);
});

it('leaves no trace where no word of it can have been heard', async () => {
  const call = await answerBegun();
  await call.pass(200);
  lose(call);
  await call.pass(300);
  call.live().emit({ type: 'callerTranscript', text: 'Kde je objednávka?' });
  call.live().emit(speech(1500));
  call.live().emit({ type: 'assistantTranscript', text: 'Je na cestě.' });
  call.live().emit({ type: 'generationComplete' });
  await call.pass(1600);
  expect([...call.turns.values()].slice(3).map(({ text }) => text)).toEqual(['Kde je objednávka?', 'Je na cestě.']);
});

it('is waited for from when the next model has heard the caller', async () => {
  const call = await answerBegun();
  await call.pass(500);
  let open: () => void = () => {};
  call.model.gate = new Promise((resolve) => {
    open = resolve;
  });
  lose(call);
  await call.pass(1500);
  open();
  await call.pass(1500);
  expect(call.model.sessions).toHaveLength(2);
  expect(call.live().activity).toHaveLength(2);
  expect(call.live().texts).toEqual([]);
  await call.pass(700);
  expect(call.live().texts).toEqual([expect.stringContaining('waits for your answer')]);
});

it.each<[string, ModelEvent[], number]>([
  ['its words and those of the caller have come', [{ type: 'callerTranscript', text: 'Kde je objednávka?' }], 300],
  ['it was whole', [{ type: 'generationComplete' }], 300],
  ['much of it was heard', [], 2100],
  [
    'the model has called a function',
    [{ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] }],
    300,
  ],
])('is not begun anew where %s', async (_, events, laterMs) => {
  const call = await answerBegun();
  for (const event of events) call.live().emit(event);
  await call.pass(laterMs);
  call.live().emit(speech(800));
  lose(call);
  await call.pass(300);
  expect(call.model.sessions).toHaveLength(2);
  expect(call.live().heardMs).toBe(0);
});

it('goes on without the words of a turn before, where its own turn has none', async () => {
  const call = await answerBegun();
  call.live().emit({ type: 'assistantTranscript', text: 'Vaše objednávka je na cestě a dorazí zítra.' });
  await call.pass(2100);
  call.live().emit(speech(800));
  await call.pass(100);
  lose(call);
  await call.pass(300);
  const [line] = call.live().texts;
  expect(line).toContain('Vaše objednávka');
  expect(line).not.toContain('Jste tam?');
});
