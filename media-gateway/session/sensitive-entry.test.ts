import { describe, expect, it } from 'vitest';
import { FakeModel } from './fake-model.ts';
import type { CallLine } from './session-deps.ts';
import { callerSays, greeted, speech, startTestCall, type TestCall, type TestCallOptions } from './session-fixture.ts';

const card = {
  name: 'card',
  description: 'The number of the card.',
  minDigits: 4,
  maxDigits: 6,
  endKey: '#' as const,
  timeoutMs: 5000,
};

type News = Parameters<CallLine['sensitiveEntry']>[0];

function startCall({
  line,
  withoutVisit,
  card: input = card,
  ...options
}: TestCallOptions & { withoutVisit?: boolean; card?: typeof card } = {}) {
  const news: News[] = [];
  const call = startTestCall({
    ...options,
    assistant: { sensitiveInputs: [input] },
    start: { ...(!withoutVisit && { visit: 1 }), ...options.start },
    line: {
      sensitiveEntry: async (entry) => {
        news.push(entry);
        return true;
      },
      ...line,
    },
  });
  return { call, news };
}

async function asked(call: TestCall): Promise<void> {
  await greeted(call);
  await callerSays(call, 'Chci zaplatit.');
  await prompted(call);
}

async function prompted(call: TestCall): Promise<void> {
  call.live().emit(speech(600));
  call.live().emit({ type: 'assistantTranscript', text: 'Zadejte číslo karty.' });
  call.live().emit({ type: 'toolCall', calls: [{ id: 's1', name: 'collect_sensitive', args: { name: 'card' } }] });
  await call.pass(800);
}

async function type(call: TestCall, keys: string): Promise<void> {
  for (const key of keys) {
    call.session.digit(key);
    await call.pass(200);
  }
}

const everything = (call: TestCall): string =>
  JSON.stringify([
    ...call.model.sessions.map(({ texts, results, config }) => [texts, results, config.seed]),
    [...call.turns.values()],
  ]);

describe('a sensitive input', () => {
  it('goes to the call, and to nobody else: no digit, no sound and no text', async () => {
    const { call, news } = startCall();
    await asked(call);
    const { heardMs, activity } = call.live();
    const edges = activity.length;
    await call.pass(600, 'speaking');
    await type(call, '47119#');
    await call.pass(2000);
    expect(news).toEqual([
      { visit: 1, name: 'card', state: 'asked' },
      { visit: 1, name: 'card', state: 'given', digits: '47119' },
    ]);
    expect(call.live()).toMatchObject({ heardMs, results: [{ id: 's1', response: { status: 'ok' } }] });
    expect(call.live().activity).toHaveLength(edges);
    expect(everything(call)).not.toContain('4711');
    expect([...call.turns.values()].at(-1)).toMatchObject({
      speaker: 'caller',
      text: '',
      heardText: '',
      textMissing: false,
      sensitive: true,
    });
    await callerSays(call, 'Hotovo.');
    expect(call.live().activity.length).toBeGreaterThan(edges);
  });

  it('is deaf until the tone of the last key has died away', async () => {
    const { call } = startCall();
    await asked(call);
    const { heardMs } = call.live();
    for (const key of '4711#') call.session.digit(key);
    await call.pass(300, 'speaking');
    await call.pass(1000);
    expect(call.live().heardMs).toBe(heardMs);
  });

  it('is waited for: nobody asks whether the caller is there', async () => {
    const { call } = startCall({ card: { ...card, timeoutMs: 40_000 } });
    await asked(call);
    await call.pass(30_000);
    expect(call.live().texts.join()).not.toMatch(/silent|said anything/);
  });

  it('is over with its last digit, and takes what was typed before it was asked for', async () => {
    const { call, news } = startCall();
    await greeted(call);
    await type(call, '471');
    await prompted(call);
    await type(call, '1234');
    expect(news.at(-1)).toMatchObject({ state: 'given', digits: '471123' });
    await call.pass(3000);
    expect(everything(call)).not.toMatch(/pressed.*4 7 1/);
  });

  it('goes on although the model cancels its call, whether it calls again or not', async () => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, '47');
    call.live().emit({ type: 'toolCallCancelled', ids: ['s1'] });
    await type(call, '11');
    await call.pass(3000);
    await type(call, '#');
    expect(news.map(({ state }) => state)).toEqual(['asked', 'given']);
    expect(news.at(-1)).toMatchObject({ digits: '4711' });
    await call.pass(3000);
    expect(call.live().texts.join()).toMatch(/collect_sensitive.*has typed it/);
    expect(everything(call)).not.toMatch(/4 7|1 1|4711/);
  });

  it('keeps what is typed behind its last digit from the model and from whoever records', async () => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, '4711229933');
    expect(news.at(-1)).toMatchObject({ state: 'given', digits: '471122', typesOn: true });
    await call.pass(6000);
    expect(news.map(({ state }) => state)).toEqual(['asked', 'given', 'over']);
    expect(everything(call)).not.toMatch(/pressed/);
    await type(call, '8');
    await call.pass(3000);
    expect(call.live().texts.at(-1)).toContain('pressed 8');
  });

  it('that failed is gone on with: what is typed late is the next entry’s, and never told', async () => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, '47');
    await call.pass(5200);
    expect(news.at(-1)).toMatchObject({ state: 'failed' });
    await type(call, '11');
    await call.pass(3500);
    await type(call, '2');
    await prompted(call);
    await type(call, '9#');
    expect(news.at(-1)).toMatchObject({ state: 'given', digits: '1129' });
    expect(news.map(({ state }) => state)).toEqual(['asked', 'failed', 'typing', 'asked', 'given']);
    expect(everything(call)).not.toMatch(/pressed/);
  });

  it('hears silence in the place of a caller whose turns the model finds', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const { call } = startCall({ model });
    await asked(call);
    const before = call.turns.size;
    await call.pass(1500, 'speaking');
    expect(call.turns.size).toBe(before);
    expect(call.carrier.clears).toBe(0);
  });

  it.each([
    ['47#', 'too few'],
    ['', 'nothing'],
  ])('fails after "%s" in time, and nothing of it is left', async (keys, why) => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, keys);
    await call.pass(5200);
    const [first] = call.model.sessions;
    expect(first?.results).toMatchObject([{ id: 's1', response: { status: 'failed' } }]);
    expect(JSON.stringify(first?.results)).toContain(why);
    expect(news.map(({ state }) => state)).toEqual(['asked', 'failed']);
  });

  it('takes enough digits without an end key when no more come, and does not hurry a caller who still listens', async () => {
    const { call, news } = startCall();
    await asked(call);
    call.live().emit(speech(6000));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(6500);
    expect(news).toHaveLength(1);
    await type(call, '4711');
    await call.pass(5200);
    expect(news.at(-1)).toMatchObject({ state: 'given', digits: '4711' });
  });

  it('does not disturb: nobody bridges the silence, reminds, rolls over or hands over', async () => {
    const { call } = startCall();
    await asked(call);
    const { playedMs } = call.carrier;
    const { texts } = call.live();
    const told = texts.length;
    void call.session.drain(60_000);
    await call.pass(4500);
    expect(call.carrier.playedMs).toBe(playedMs);
    expect(texts).toHaveLength(told);
    expect(call.carrier.closed).toBe(false);
  });

  it('is told again once, and failed where the call cannot take it', async () => {
    let told = 0;
    const line = { sensitiveEntry: async ({ state }: News) => state !== 'given' || ++told > 9 };
    const { call } = startCall({ line });
    await asked(call);
    await type(call, '471199');
    expect(told).toBe(2);
    expect(call.live().results).toMatchObject([{ id: 's1', response: { status: 'failed' } }]);
    const { call: alone } = startCall({ withoutVisit: true });
    await asked(alone);
    await type(alone, '471199');
    expect(alone.live().results).toMatchObject([{ response: { status: 'failed' } }]);
  });

  it('outlives the session that asked: the next one is told in words, or asks itself', async () => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, '47');
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(100);
    await type(call, '1199');
    await call.pass(100);
    expect(news.at(-1)).toMatchObject({ state: 'given', digits: '471199' });
    expect(call.live().results).toEqual([]);
    expect(call.live().texts.at(-1)).toMatch(/collect_sensitive for "card" has ended/);
  });

  it('is forgotten when the model calls it off or the caller hangs up', async () => {
    const { call, news } = startCall();
    await asked(call);
    await type(call, '47');
    call.live().emit({ type: 'toolCallCancelled', ids: ['s1'] });
    await type(call, '5#');
    expect(news.map(({ state }) => state)).toEqual(['asked', 'failed']);
    const gone = startCall();
    await asked(gone.call);
    await type(gone.call, '47');
    gone.call.session.callerGone();
    await gone.call.ended;
    expect(gone.news.map(({ state }) => state)).toEqual(['asked']);
  });

  it('is asked for again by the next epoch', async () => {
    const start = { epoch: 2, visit: 1, resumed: true, asking: 'card' };
    const { call } = startCall({ start });
    await call.pass(40);
    expect(call.live().texts).toEqual([expect.stringMatching(/typing "card".*collect_sensitive/)]);
  });

  it('is refused under a name that was not declared, and while another entry goes on', async () => {
    const { call } = startCall();
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 's0', name: 'collect_sensitive', args: { name: 'pin' } }] });
    expect(call.live().results).toMatchObject([{ id: 's0', response: { status: 'failed' } }]);
    expect(call.live().config.tools.find(({ name }) => name === 'collect_sensitive')?.parameters).toMatchObject({
      properties: { name: { enum: ['card'] } },
    });
  });
});
