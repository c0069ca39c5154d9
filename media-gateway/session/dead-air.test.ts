import { describe, expect, it } from 'vitest';
import { FakeModel } from './fake-model.ts';
import { assistant, callerSays, greeted, speech, startTestCall, type TestCall } from './session-fixture.ts';

describe('a model that cannot be had', () => {
  it('leaves nobody in silence: somebody says in time that it takes a moment', async () => {
    const model = new FakeModel();
    const opening = Promise.withResolvers<void>();
    model.gate = opening.promise;
    const call = startTestCall({ model });
    await call.pass(3900);
    expect(call.carrier.playedMs).toBeGreaterThan(0);
    opening.resolve();
    await call.pass(40);
    call.live().emit(speech(1000));
    await call.pass(4000);
    expect(call.model.sessions).toHaveLength(1);
    expect(call.live().texts[0]).toContain('Dobrý den, tady Linka.');
  });

  it.each([
    ['sk-SK', 'Okamih, prosím, pozriem sa do systému.'],
    ['de-AT', 'Einen Moment bitte, ich sehe im System nach.'],
    ['pl-PL', 'Chwileczkę, sprawdzę w systemie.'],
    ['fr-FR', undefined],
  ])('leaves nobody in silence in %s either, by a sound where there are no words', async (language, words) => {
    const model = new FakeModel();
    model.gate = new Promise(() => {});
    const call = startTestCall({ model, assistant: { language } });
    await call.pass(6500);
    expect(call.carrier.playedMs).toBeGreaterThan(words === undefined ? 450 : 2000);
    const said = [...call.turns.values()].map(({ heardText, language: spoken }) => [heardText, spoken]);
    expect(said).toEqual(words === undefined ? [] : [[words, language]]);
  });

  it('is followed by one that begins at the beginning: what was played meanwhile was no greeting', async () => {
    const call = startTestCall({ assistant: { model: { ...assistant.model, fallbackModelIds: ['other-live'] } } });
    await call.pass(7000);
    expect(call.carrier.playedMs).toBeGreaterThan(2000);
    expect(call.live().config.modelId).toBe('other-live');
    expect(call.live().texts[0]).toContain('Dobrý den, tady Linka.');
  });

  it('counts how long the caller has waited from the first moment on', async () => {
    const model = new FakeModel();
    const opening = Promise.withResolvers<void>();
    model.gate = opening.promise;
    const call = startTestCall({ model });
    await call.pass(2500);
    opening.resolve();
    await call.pass(1400);
    expect(call.carrier.playedMs).toBeGreaterThan(0);
  });
});

describe('a caller of a patient assistant', () => {
  it('hears something within four seconds of his last sound, though the model says nothing', async () => {
    const call = startTestCall({ assistant: { model: { ...assistant.model, latencyProfile: 'patient' } } });
    await greeted(call);
    const { playedMs } = call.carrier;
    await call.pass(800, 'speaking');
    await call.pass(3200);
    expect(call.carrier.playedMs).toBeGreaterThan(playedMs);
  });
});

describe('a model that owes an answer', () => {
  const question = async (call: TestCall): Promise<void> => {
    await greeted(call);
    await callerSays(call, 'Kde je moje objednávka?');
  };

  it('is reminded, and nothing else happens once it speaks', async () => {
    const call = startTestCall();
    await question(call);
    const { texts } = call.live();
    await call.pass(1400);
    expect(texts).toHaveLength(1);
    await call.pass(400);
    expect(texts[1]).toContain('waits for your answer');
    call.live().emit(speech(600));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(9000);
    expect(texts).toHaveLength(2);
    expect(call.model.sessions).toHaveLength(1);
  });

  it('is reminded also of a word so short that it may be none', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(200, 'speaking');
    await call.pass(2100);
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
    expect(call.live().texts[1]).toContain('waits for your answer');
  });

  it('is reminded at once when it ended its turn without a sound', async () => {
    const call = startTestCall();
    await question(call);
    await call.pass(100);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(100);
    expect(call.live().texts[1]).toContain('waits for your answer');
  });

  it('is reminded of a turn only when it has been given it', async () => {
    const voice = { ...assistant.voice, bargeInGreeting: false };
    const call = startTestCall({ assistant: { voice } });
    await call.pass(40);
    const { texts, activity } = call.live();
    call.live().emit(speech(5000));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(500);
    await call.pass(900, 'speaking');
    await call.pass(4000);
    expect(activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
    expect(texts).toHaveLength(1);
    await call.pass(1900);
    expect(texts[1]).toContain('waits for your answer');
  });

  it('is not reminded while it is still heard by a caller who spoke into it', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const call = startTestCall({ model, assistant: { voice: { ...assistant.voice, bargeIn: false } } });
    await call.pass(40);
    const { texts } = call.live();
    call.live().emit(speech(7000));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1500);
    await call.pass(900, 'speaking');
    await call.pass(4500);
    expect(texts).toHaveLength(1);
    await call.pass(2400);
    expect(texts[1]).toContain('waits for your answer');
  });

  it('is told how much of a cut answer was heard', async () => {
    const call = startTestCall();
    await question(call);
    call.live().emit(speech(6000));
    await call.pass(1000);
    await call.pass(900, 'speaking');
    const [heardMs] = call.live().cuts;
    expect(call.live().cuts).toHaveLength(1);
    expect(heardMs).toBeGreaterThan(800);
    expect(heardMs).toBeLessThan(1700);
  });

  it('is replaced by itself, then by the next of the list, and then the caller is told and led on', async () => {
    const call = startTestCall({ assistant: { model: { ...assistant.model, fallbackModelIds: ['other-live'] } } });
    await question(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    await call.pass(3200);
    expect(call.model.sessions.map(({ config }) => [config.modelId, config.resumptionHandle])).toEqual([
      ['fake-live', undefined],
      ['fake-live', 'h1'],
    ]);
    expect(call.live().texts[0]).toContain('Kde je moje objednávka?');
    await call.pass(3200);
    expect(call.live().config).toMatchObject({ modelId: 'other-live' });
    expect(call.live().config.seed?.at(-1)?.speaker).toBe('assistant');
    await call.pass(6500);
    await call.ended;
    expect(call.told).toMatchObject([{ outcome: 'failed' }]);
    const said = [...call.turns.values()].filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text);
    expect(said).toEqual([
      'Dobrý den, tady Linka.',
      'Okamžik prosím, podívám se do systému.',
      'Okamžik prosím, podívám se do systému.',
      'Omlouvám se, na chvíli jsme se neslyšeli.',
    ]);
  });

  it('goes on with an answer that was cut although nobody had spoken', async () => {
    const call = startTestCall();
    await question(call);
    call.live().emit(speech(3000));
    await call.pass(500);
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1100);
    expect(call.live().texts[1]).toContain('go on');
  });
});
