import { describe, expect, it } from 'vitest';
import { FakeModel } from './fake-model.ts';
import { assistant, callerSays, greeted, speech, startTestCall, type TestCall } from './session-fixture.ts';

describe('a conversation', () => {
  it('greets first, hears the caller out and keeps what was said with times and latency', async () => {
    const call = startTestCall();
    await greeted(call);
    expect(call.live().texts[0]).toContain('Dobrý den, tady Linka.');
    await callerSays(call, 'Kde je moje objednávka?');
    call.live().emit(speech(600));
    call.live().emit({ type: 'assistantTranscript', text: 'Podívám se.' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1000);
    const [greeting, question, answer] = [...call.turns.values()];
    expect(greeting).toMatchObject({
      seq: 1,
      speaker: 'assistant',
      startMs: 540,
      heardText: 'Dobrý den, tady Linka.',
      interrupted: false,
    });
    expect(greeting?.latencyMs).toBeUndefined();
    expect(greeting?.endMs).toBe(1540);
    expect(question).toMatchObject({ seq: 2, speaker: 'caller', text: 'Kde je moje objednávka?', textMissing: false });
    expect((question?.endMs ?? 0) - (question?.startMs ?? 0)).toBe(800);
    expect(answer).toMatchObject({ seq: 3, speaker: 'assistant', latencyMs: 420, heardText: 'Podívám se.' });
  });

  it('lets the model hear the caller from just before his turn to its end, gaps as silence', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(600);
    await call.pass(500, 'speaking');
    await call.pass(200, 'absent');
    await call.pass(1000);
    const [start, end] = call.live().activity;
    expect(start).toEqual({ edge: 'start', heardMs: 0 });
    expect(end?.edge).toBe('end');
    // 200 ms before, the speech, and the silence that ends a turn of the profile.
    expect(end?.heardMs).toBeGreaterThan(1080);
    expect(end?.heardMs).toBeLessThanOrEqual(1140);
    await call.pass(1000);
    expect(Math.round(call.live().heardMs)).toBe(end?.heardMs);
  });

  it('sends a model that finds the turns itself every millisecond, gaps as silence', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const call = startTestCall({ model });
    await call.pass(1000);
    call.live().emit(speech(100));
    await call.pass(2000, 'absent');
    await call.pass(1000);
    expect(call.live().heardMs).toBeGreaterThan(3950);
    expect(call.live().heardMs).toBeLessThanOrEqual(4000);
  });

  it('keeps two seconds of a caller who speaks before the model is there', async () => {
    const model = new FakeModel();
    let open: () => void = () => {};
    model.gate = new Promise((resolve) => {
      open = resolve;
    });
    const call = startTestCall({ model });
    await call.pass(4000, 'speaking');
    open();
    await call.pass(20);
    expect(call.live().heardMs).toBeGreaterThan(1950);
    expect(call.live().heardMs).toBeLessThanOrEqual(2020);
  });

  it.each([
    ['fast', 400],
    ['balanced', 600],
    ['patient', 900],
  ] as const)(
    'ends the turn of a caller of a %s assistant after %d ms of silence',
    async (latencyProfile, silenceMs) => {
      const call = startTestCall({ assistant: { model: { ...assistant.model, latencyProfile } } });
      await greeted(call);
      await call.pass(800, 'speaking');
      const edges = (): string[] => call.live().activity.map(({ edge }) => edge);
      await call.pass(silenceMs - 60);
      expect(edges()).toEqual(['start']);
      await call.pass(80);
      expect(edges()).toEqual(['start', 'end']);
    },
  );

  it('warns of its end between two turns, and into a long answer where there is no such moment', async () => {
    const call = startTestCall({ assistant: { maxDurationMs: 9000 } });
    await greeted(call);
    await call.pass(4000);
    call.live().emit(speech(3500));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(2200);
    expect(call.live().texts).toHaveLength(1);
    await call.pass(400);
    expect(call.live().texts[1]).toContain('must end');
  });

  it('stores a turn whose text never came, marked as missing', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(800, 'speaking');
    await call.pass(600);
    expect([...call.turns.values()].at(-1)).toMatchObject({ speaker: 'caller', text: '', textMissing: true });
  });

  it('gives the model digits as one text once the caller pauses', async () => {
    const call = startTestCall();
    await greeted(call);
    call.session.digit('1');
    await call.pass(300);
    call.session.digit('#');
    await call.pass(1400);
    expect(call.live().texts.at(-1)).toBe('[The caller pressed 1 #]');
  });
});

describe('an interruption', () => {
  const sentence = 'Vaše objednávka je na cestě a dorazí zítra mezi osmou a dvanáctou hodinou.';

  async function interrupted(call: TestCall): Promise<void> {
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(5000));
    call.live().emit({ type: 'assistantTranscript', text: sentence });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(2000);
    await call.pass(700, 'speaking');
    call.live().emit({ type: 'interrupted' });
  }

  it('clears at once, drops the rest of the answer and keeps what was heard of it', async () => {
    const call = startTestCall();
    await interrupted(call);
    expect(call.carrier.clears).toBe(1);
    expect(call.carrier.soundsMs).toEqual([expect.closeTo(80, -2)]); // as long as it takes to know a voice
    call.live().emit(speech(1000));
    call.live().emit({ type: 'turnComplete' });
    const playedMs = call.carrier.playedMs;
    await call.pass(500);
    expect(call.carrier.playedMs).toBe(playedMs);
    const answer = [...call.turns.values()].find(({ text }) => text === sentence);
    expect(answer).toMatchObject({ interrupted: true, heardText: 'Vaše objednávka je na cestě a' });
    expect((answer?.endMs ?? 0) - (answer?.startMs ?? 0)).toBe(2060);
  });

  it('plays the next answer from its beginning, also if the model forgot to end its turn', async () => {
    const call = startTestCall();
    await interrupted(call);
    await call.pass(1200);
    const playedMs = call.carrier.playedMs;
    call.live().emit(speech(600));
    call.live().emit({ type: 'assistantTranscript', text: 'Ano?' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(700);
    expect(Math.round(call.carrier.playedMs - playedMs)).toBe(600);
    expect([...call.turns.values()].at(-1)).toMatchObject({ text: 'Ano?', interrupted: false });
  });

  it('changes nothing for an assistant that may not be interrupted', async () => {
    const call = startTestCall({
      assistant: { voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: false, bargeInGreeting: false } },
    });
    await interrupted(call);
    expect(call.live().config.bargeIn).toBe(false);
    expect(call.carrier.clears).toBe(0);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(3000);
    expect([...call.turns.values()].find(({ text }) => text === sentence)).toMatchObject({
      interrupted: false,
      heardText: sentence,
    });
  });

  it('is none when the caller only says yes: the assistant goes on from what was heard', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(3000));
    call.live().emit({ type: 'assistantTranscript', text: sentence });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1000);
    const turns = call.turns.size;
    await call.pass(300, 'speaking');
    expect(call.carrier.clears).toBe(1);
    await call.pass(4000);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(40);
    expect(call.live().activity).toHaveLength(2);
    expect(call.turns.size).toBe(turns);
    const answer = [...call.turns.values()].find(({ text }) => text === sentence);
    expect(answer).toMatchObject({ interrupted: false, heardText: sentence });
    expect(call.live().texts).toHaveLength(1);
  });

  it('is one when the caller says yes twice within two seconds', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(6000));
    await call.pass(1000);
    await call.pass(300, 'speaking');
    await call.pass(1000);
    await call.pass(300, 'speaking');
    await call.pass(500);
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end', 'start', 'end']);
    expect([...call.turns.values()].filter(({ speaker }) => speaker === 'caller')).toHaveLength(2);
  });

  it('changes nothing of what had arrived when the model stops although nobody had spoken', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    const { playedMs } = call.carrier;
    call.live().emit(speech(2000));
    await call.pass(300);
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(2000);
    expect(call.carrier.clears).toBe(0);
    expect(Math.round(call.carrier.playedMs - playedMs)).toBe(2000);
  });

  it('comes from the model where that finds the turns', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const call = startTestCall({ model });
    await greeted(call);
    call.live().emit(speech(5000));
    await call.pass(1000);
    await call.pass(300, 'speaking');
    expect(call.carrier.clears).toBe(0);
    call.live().emit({ type: 'interrupted' });
    expect(call.carrier.clears).toBe(1);
    expect(call.live().activity).toEqual([]);
  });

  it('leaves the greeting alone unless the assistant says otherwise', async () => {
    const call = startTestCall({
      assistant: { voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: true, bargeInGreeting: false } },
    });
    await call.pass(40);
    call.live().emit(speech(2000));
    await call.pass(300, 'speaking');
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(2000);
    expect(call.carrier.clears).toBe(0);
    expect(call.carrier.playedMs).toBe(2000);
  });
});
