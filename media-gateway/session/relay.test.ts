import { describe, expect, it } from 'vitest';
import type { LeaveAnswer } from '../../contracts/messages.ts';
import { FakeModel } from './fake-model.ts';
import type { CallLine, SessionStart } from './session-deps.ts';
import { assistant, callerSays, greeted, speech, startTestCall, type TestCall } from './session-fixture.ts';

const technik = {
  ...assistant,
  assistantId: 'technik',
  versionId: 'technik@1',
  systemPrompt: 'Jsi technik.',
  greeting: 'Tady technik.',
  escalationKeywords: ['požár'],
  tools: [],
  outcomes: [],
};
const next: LeaveAnswer = { next: 'assistant', nodeId: 'technik', visit: 2, assistant: technik, vars: { pin: 'x' } };

interface Relay extends Partial<SessionStart> {
  model?: FakeModel;
  answer?: () => Promise<LeaveAnswer | undefined>;
  line?: Partial<CallLine>;
  to?: typeof technik;
}

function startRelay({ model = new FakeModel(), answer, line, to = technik, ...start }: Relay = {}) {
  const asked: Parameters<CallLine['askNext']>[0][] = [];
  const askNext: CallLine['askNext'] = async (left) => {
    asked.push(left);
    if (answer) return answer();
    return left.visit === 1 ? { ...next, assistant: to } : { next: 'carrier' };
  };
  const call = startTestCall({ model, start: { visit: 1, ...start }, line: { askNext, ...line } });
  return { call, asked, model };
}

async function hasLeft(call: TestCall): Promise<void> {
  await greeted(call);
  await callerSays(call, 'Nejde mi tiskárna.');
  call.live().emit(speech(400));
  call.live().emit({ type: 'assistantTranscript', text: 'Předám vás.' });
  call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'sales' } }] });
  await call.pass(640);
}

function updatable(): FakeModel {
  const model = new FakeModel();
  model.takesChanges = true;
  return model;
}

describe('an assistant who follows another one', () => {
  it('goes on in the same stream and session with its own instructions and tools', async () => {
    const { call, asked, model } = startRelay({ model: updatable() });
    await hasLeft(call);
    expect(asked).toMatchObject([{ outcome: 'sales', visit: 1, lastSeq: 3, mayGoOn: true }]);
    expect(call.carrier.closed).toBe(false);
    expect(model.sessions).toHaveLength(1);
    const [change] = call.live().changes;
    expect(change?.systemInstruction).toContain('Jsi technik.');
    expect(change?.tools.map(({ name }) => name)).toEqual(['end_call', 'leave_node']);
    expect(call.live().texts.at(-1)).toContain('Tady technik.');
    call.live().emit({ type: 'turnComplete' });
    call.live().emit(speech(600));
    call.live().emit({ type: 'assistantTranscript', text: 'Tady technik.' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(800);
    expect([...call.turns.values()].map(({ seq, heardText }) => [seq, heardText])).toEqual([
      [1, 'Dobrý den, tady Linka.'],
      [2, 'Nejde mi tiskárna.'],
      [3, 'Předám vás.'],
      [4, 'Tady technik.'],
    ]);
  });

  it('lets nothing be heard of the one before', async () => {
    const { call } = startRelay({ model: updatable() });
    await hasLeft(call);
    const { playedMs } = call.carrier;
    call.live().emit(speech(900));
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(100);
    expect(call.carrier.playedMs).toBe(playedMs);
    call.live().emit(speech(500));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(600);
    expect(Math.round(call.carrier.playedMs - playedMs)).toBe(500);
  });

  it('gets a session of its own, told what was said, where the open one cannot take it', async () => {
    const { call, model } = startRelay();
    await hasLeft(call);
    const [first, second] = model.sessions;
    expect(first?.stopped).toBe(true);
    expect(second?.config.systemInstruction).toContain('Jsi technik.');
    expect(second?.config.resumptionHandle).toBeUndefined();
    expect(second?.config.seed?.at(-1)).toEqual({ speaker: 'assistant', text: 'Předám vás.' });
    expect(second?.texts).toEqual([expect.stringContaining('Tady technik.')]);
    expect(call.carrier.closed).toBe(false);
  });

  it('gets one, too, where its model is another', async () => {
    const { call, model } = startRelay({
      model: updatable(),
      to: { ...technik, model: { ...technik.model, modelId: 'other-live' } },
    });
    await hasLeft(call);
    expect(model.sessions.map(({ config }) => config.modelId)).toEqual(['fake-live', 'other-live']);
    expect(model.sessions[0]?.changes).toEqual([]);
  });

  it('has its own keywords, limits and outcomes', async () => {
    const { call, asked } = startRelay({ model: updatable(), to: { ...technik, maxDurationMs: 60_000 } });
    await hasLeft(call);
    call.live().emit(speech(600));
    call.live().emit({ type: 'generationComplete' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(900);
    await callerSays(call, 'Chci podat stížnost.');
    await call.pass(600);
    expect(asked).toHaveLength(1);
    call.live().emit(speech(200));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(900);
    await callerSays(call, 'Hoří, je tu požár!');
    await call.pass(600);
    expect(asked.at(-1)).toMatchObject({ outcome: 'escalation', visit: 2 });
    await call.ended;
    expect(call.carrier.closed).toBe(true);
  });

  it('greets after all when its session is lost before it has', async () => {
    const { call, model } = startRelay({ model: updatable() });
    await hasLeft(call);
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(100);
    expect(model.sessions).toHaveLength(2);
    expect(call.live().texts).toEqual([expect.stringContaining('Tady technik.')]);
    expect(call.live().config.systemInstruction).toContain('Jsi technik.');
  });

  it('is not told what a tool of the one before has brought', async () => {
    let finish: () => void = () => {};
    const { call } = startRelay({
      model: updatable(),
      line: {
        runTool: () =>
          new Promise((resolve) => {
            finish = () => resolve({ status: 'ok', retryable: false, hint: '', attempts: 1, latencyMs: 1 });
          }),
      },
    });
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f0', name: 'order_status', args: {} }] });
    await call.pass(100);
    call.session.command({ commandId: 'c1', type: 'leave', outcome: 'sales' });
    await call.pass(700);
    const { texts, results } = call.live();
    finish();
    await call.pass(100);
    expect(texts.at(-1)).toContain('Tady technik.');
    expect(results).toEqual([]);
  });
});

describe('a stream whose assistant has left', () => {
  it('ends where the call does not answer, and the outcome is stored', async () => {
    const { call } = startRelay({ answer: async () => undefined });
    await hasLeft(call);
    await call.ended;
    expect(call.stored).toEqual(['sales']);
    expect(call.carrier.closed).toBe(true);
    expect(call.told).toEqual([]);
  });

  it('ends where the carrier is next, without telling the outcome twice', async () => {
    const { call } = startRelay({ answer: async () => ({ next: 'carrier' }) });
    await hasLeft(call);
    await call.ended;
    expect([...call.told, ...call.stored]).toEqual([]);
    expect(call.carrier.closed).toBe(true);
  });

  it('is not gone on with while the gateway drains', async () => {
    const { call, asked } = startRelay();
    await greeted(call);
    call.live().emit(speech(3000));
    await call.pass(200);
    void call.session.drain(60_000);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'sales' } }] });
    await call.pass(4000);
    expect(asked).toMatchObject([{ mayGoOn: false }]);
  });

  it('is over when the caller hangs up or the stream breaks meanwhile, whatever the call says then', async () => {
    let say: (answer: LeaveAnswer) => void = () => {};
    const answer = () => new Promise<LeaveAnswer>((resolve) => (say = resolve));
    const gone = startRelay({ answer });
    await hasLeft(gone.call);
    gone.call.session.callerGone();
    say(next);
    await gone.call.ended;
    expect(gone.call.told).toMatchObject([{ outcome: 'callerHungUp' }]);
    const broken = startRelay({ answer });
    await hasLeft(broken.call);
    broken.call.session.streamLost(1006);
    say(next);
    await broken.call.ended;
    expect([...broken.call.told, ...broken.call.stored]).toEqual([]);
    expect(broken.model.sessions).toHaveLength(1);
  });

  it('keeps what the caller says meanwhile for the next one', async () => {
    let say: (answer: LeaveAnswer) => void = () => {};
    const answer = () => new Promise<LeaveAnswer>((resolve) => (say = resolve));
    const { call } = startRelay({ model: updatable(), answer });
    await hasLeft(call);
    const { heardMs } = call.live();
    await call.pass(500, 'speaking');
    say(next);
    await call.pass(40);
    expect(call.live().heardMs - heardMs).toBeGreaterThan(400);
    expect(call.live().activity.at(-1)?.edge).toBe('end');
    await call.pass(1000);
    expect([...call.turns.values()].at(-1)).toMatchObject({ speaker: 'caller', textMissing: true });
  });
});

describe('the epoch after a gateway died while the assistants changed', () => {
  const said = { seq: 1, epoch: 1, textMissing: false, interrupted: false };
  const turns = [
    { ...said, speaker: 'assistant', startMs: 0, endMs: 900, text: 'Předám vás.', heardText: 'Předám vás.' },
  ] as const;
  const memory = { turns, handle: { handle: 'h1', visit: 1 } };

  it('begins with the greeting of the one who has said nothing, not by the other one’s handle', async () => {
    const call = startTestCall({
      start: { epoch: 2, visit: 2, visitSinceMs: 1000, resumed: true, assistant: technik },
      line: { readMemory: async () => memory },
    });
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBeUndefined();
    expect(call.live().config.seed).toEqual([{ speaker: 'assistant', text: 'Předám vás.' }]);
    expect(call.live().texts).toEqual([expect.stringMatching(/another assistant.*Tady technik/)]);
  });

  it('goes on where the talk stopped if the assistant had spoken, or nobody knows', async () => {
    const start = { epoch: 2, visit: 1, visitSinceMs: 100, resumed: true };
    const call = startTestCall({ start, line: { readMemory: async () => memory } });
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBe('h1');
    expect(call.live().texts).toEqual([expect.stringContaining('interrupted')]);
    const unknown = startTestCall({ start, line: { readMemory: async () => Promise.reject(new Error('away')) } });
    await unknown.pass(40);
    expect(unknown.live().texts).toEqual([expect.stringContaining('interrupted')]);
  });
});
