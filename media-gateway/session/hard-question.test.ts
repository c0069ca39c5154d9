import { describe, expect, it } from 'vitest';
import { AppError } from '../../contracts/errors.ts';
import type { FakeModel } from './fake-model.ts';
import { assistant, callerSays, greeted, speech, startTestCall, type TestCall } from './session-fixture.ts';

const model = { ...assistant.model, hardQuestions: { modelId: 'deep-live', description: 'Faults of devices.' } };
const question = 'Proč se tiskárna nezapne?';

async function asked(): Promise<TestCall> {
  const call = startTestCall({ assistant: { model } });
  await greeted(call);
  await callerSays(call, question);
  call.live().emit(speech(500));
  call.live().emit({ type: 'assistantTranscript', text: 'Rozmyslím si to.' });
  call.live().emit({ type: 'toolCall', calls: [{ id: 'h1', name: 'think_harder', args: { question } }] });
  return call;
}

async function answered(call: TestCall, ...functions: string[]): Promise<void> {
  call.live().emit(speech(800));
  call.live().emit({ type: 'assistantTranscript', text: 'Nemá proud.' });
  call.live().emit({ type: 'generationComplete' });
  for (const name of functions) call.live().emit({ type: 'toolCall', calls: [{ id: 'h2', name, args: {} }] });
  await call.pass(900);
  call.live().emit({ type: 'turnComplete' });
}

const modelsOf = ({ sessions }: FakeModel): string[] => sessions.map(({ config }) => config.modelId);
const namesOf = (call: TestCall): string[] => call.live().config.tools.map(({ name }) => name);

describe('a hard question', () => {
  it('goes to the other model with what was said, and the call comes back after its answer', async () => {
    const call = await asked();
    expect(namesOf(call)).toContain('think_harder');
    await call.pass(600);
    const [first, deep] = call.model.sessions;
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live']);
    expect(first).toMatchObject({ stopped: true, results: [] });
    expect(deep?.texts).toEqual([expect.stringContaining(question)]);
    expect(deep?.config.seed?.map(({ text }) => text)).toContain(question);
    expect(namesOf(call)).toEqual(['order_status', 'end_call', 'leave_node', 'hand_back']);
    await answered(call, 'hand_back');
    await call.pass(100);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live', 'fake-live']);
    expect(deep?.stopped).toBe(true);
    expect(call.live().texts).toEqual([]);
    expect(call.live().config.seed?.at(-1)).toEqual({ speaker: 'assistant', text: 'Nemá proud.' });
    await callerSays(call, 'Děkuji.');
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
  });

  it('comes back without a word when the model forgets to say so, but not into what the caller says', async () => {
    const call = await asked();
    await call.pass(600);
    await answered(call);
    await call.pass(600);
    await call.pass(500, 'speaking');
    await call.pass(500);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live']);
    await answered(call);
    await call.pass(1100);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live', 'fake-live']);
  });

  it('is bridged while it is thought about, and nobody is reminded', async () => {
    const call = await asked();
    call.model.thinksMs = 15_000;
    await call.pass(500);
    let { playedMs } = call.carrier;
    for (let waited = 0; waited < 2; waited++) {
      await call.pass(4000 + 2400);
      expect(call.carrier.playedMs).toBeGreaterThan(playedMs);
      playedMs = call.carrier.playedMs;
    }
    expect(call.live().texts).toHaveLength(1);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live']);
  });

  it('is answered by the model that asked where the other one is not to be had', async () => {
    const call = await asked();
    call.model.refusals.push(new AppError('model-refused', 'no'));
    await call.pass(600);
    expect(modelsOf(call.model)).toEqual(['fake-live']);
    expect(call.live()).toMatchObject({
      stopped: false,
      results: [{ id: 'h1', name: 'think_harder', response: { status: 'failed' } }],
    });
  });

  it('is the usual model’s when the other one is lost', async () => {
    const call = await asked();
    await call.pass(600);
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(600);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live', 'fake-live']);
    expect(call.live().texts).toEqual([expect.stringContaining(question)]);
  });

  it('comes back at once when the other model has nothing to say', async () => {
    const call = await asked();
    await call.pass(600);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'h2', name: 'hand_back', args: {} }] });
    await call.pass(100);
    expect(modelsOf(call.model)).toEqual(['fake-live', 'deep-live', 'fake-live']);
    expect(call.live().texts).toEqual([expect.stringContaining(question)]);
  });

  it('is not asked any more when the model calls it off or the assistant leaves', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const call = await asked();
    call.model.gate = gate;
    call.live().emit({ type: 'toolCallCancelled', ids: ['h1'] });
    open();
    await call.pass(200);
    expect(call.live().stopped).toBe(call.model.sessions.length > 1);
    expect(call.model.sessions[0]).toMatchObject({ stopped: false, results: [] });
  });

  it('is asked once, and only of an assistant who has somebody for it', async () => {
    const call = await asked();
    call.live().emit({ type: 'toolCall', calls: [{ id: 'h3', name: 'think_harder', args: {} }] });
    call.live().emit({ type: 'toolCall', calls: [{ id: 'h4', name: 'hand_back', args: {} }] });
    expect(call.live().results.map(({ id }) => id)).toEqual(['h3', 'h4']);
    const plain = startTestCall();
    await greeted(plain);
    expect(namesOf(plain)).not.toContain('think_harder');
    plain.live().emit({ type: 'toolCall', calls: [{ id: 'h1', name: 'think_harder', args: {} }] });
    await plain.pass(100);
    expect(plain.live().results).toMatchObject([{ id: 'h1', response: { status: 'failed' } }]);
    expect(plain.model.sessions).toHaveLength(1);
  });
});
