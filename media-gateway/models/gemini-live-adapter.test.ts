import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelEvent, SessionConfig } from '../../contracts/realtime-model.ts';
import { type RealtimeModelProcess, startRealtimeModelProcess } from '../../test/realtime-model-process.ts';
import { GeminiLive2_5FlashModel, GeminiLiveProModel } from './gemini-live-models.ts';

const log = pino({ level: 'silent' });
const model = new GeminiLive2_5FlashModel({ log });
let vendor: RealtimeModelProcess;

beforeAll(async () => {
  vendor = await startRealtimeModelProcess();
});
afterAll(() => vendor.stop());

let keys = 0;
async function configFor(traps: readonly string[] = [], scenario = 'caller-hangs-up'): Promise<SessionConfig> {
  const apiKey = `k${++keys}`;
  await vendor.bindKey(apiKey, scenario, traps);
  return {
    modelId: 'gemini-3.8-live',
    apiKey,
    baseUrl: vendor.url,
    systemInstruction: 'Mluv výhradně česky.',
    language: 'cs-CZ',
    voice: 'Kore',
    temperature: 0.4,
    latencyProfile: 'fast',
    bargeIn: true,
    activity: 'model',
    tools: [{ name: 'end_call', description: 'Hangs up.', parameters: { type: 'object', properties: {} } }],
    connectTimeoutMs: 3000,
  };
}

interface Heard {
  events: ModelEvent[];
  /** Resolves with the first event of that type, the ones before included. */
  until<T extends ModelEvent['type']>(type: T): Promise<Extract<ModelEvent, { type: T }>>;
}

function listen(sessionId: string, by = model): Heard {
  const events: ModelEvent[] = [];
  let changed: () => void = () => {};
  by.onEvent(sessionId, (event) => {
    events.push(event);
    changed();
  });
  const find = <T extends ModelEvent['type']>(type: T): Extract<ModelEvent, { type: T }> | undefined =>
    events.find((event): event is Extract<ModelEvent, { type: T }> => event.type === type);
  return {
    events,
    until: async (type) => {
      for (;;) {
        const found = find(type);
        if (found) return found;
        await new Promise<void>((resolve) => (changed = resolve));
      }
    },
  };
}

describe.concurrent('a session', () => {
  it.each([
    ['gemini-2.5-flash-native-audio-preview-12-2025', model],
    ['gemini-2.5-flash-native-audio-latest', model],
    ['gemini-3.1-flash-live-preview', model],
    ['gemini-3.8-live', model],
    ['gemini-3.8-live-extended-thinking', new GeminiLiveProModel({ log })],
  ])('of %s is set up as the vendor wants it, and speaks when it is told to', async (modelId, adapter) => {
    const config = await configFor();
    const { sessionId, inputFormat, outputFormat } = await adapter.startSession({ ...config, modelId });
    await adapter.sendText(sessionId, '[The call is connected.]');
    const heard = listen(sessionId, adapter);
    await adapter.sendAudio(sessionId, Buffer.alloc(640));
    await heard.until('generationComplete');
    const audio = heard.events.flatMap((event) => (event.type === 'audio' ? [event.audio] : []));
    expect(Buffer.concat(audio).length / 48).toBeGreaterThan(2000);
    expect((await heard.until('assistantTranscript')).text).not.toBe('');
    await adapter.stopSession(sessionId);
    expect([inputFormat.sampleRateHz, outputFormat.sampleRateHz]).toEqual([16_000, 24_000]);
    expect((await vendor.violations()).filter(({ key }) => key === config.apiKey)).toEqual([]);
  });

  it('takes what was said before, also where the vendor wants the last turn to be the caller’s', async () => {
    for (const modelId of ['gemini-2.5-flash-native-audio-latest', 'gemini-3.1-flash-live-preview']) {
      const seed = [
        { speaker: 'caller', text: 'Haló?' },
        { speaker: 'assistant', text: 'Dobrý den.' },
      ] as const;
      const config = await configFor();
      const { sessionId } = await model.startSession({ ...config, modelId, seed });
      await model.sendText(sessionId, '[Go on.]');
      await listen(sessionId).until('generationComplete');
      await model.stopSession(sessionId);
      expect((await vendor.violations()).filter(({ key }) => key === config.apiKey)).toEqual([]);
    }
  });

  it.each(['gemini-2.5-flash-native-audio-latest', 'gemini-3.1-flash-live-preview', 'gemini-3.8-live'])(
    'of %s is told what was said before although the caller speaks first',
    async (modelId) => {
      const seed = [
        { speaker: 'caller', text: 'Kde je objednávka 4711?' },
        { speaker: 'assistant', text: 'Je na cestě.' },
      ] as const;
      const config = await configFor();
      const { sessionId } = await model.startSession({ ...config, modelId, seed });
      await model.sendAudio(sessionId, Buffer.alloc(640));
      await model.sendAudio(sessionId, Buffer.alloc(640));
      await vi.waitFor(async () =>
        expect((await vendor.sessions(config.apiKey))[0]?.received).toMatchObject([
          {
            kind: 'clientContent',
            text: expect.stringContaining('user: Kde je objednávka 4711?\nmodel: Je na cestě.'),
          },
          { kind: 'audio', audioMs: 40 },
        ]),
      );
      await model.stopSession(sessionId);
      expect((await vendor.violations()).filter(({ key }) => key === config.apiKey)).toEqual([]);
    },
  );

  it('is resumed by its handle as soon as it is closed', async () => {
    const config = await configFor();
    const first = await model.startSession(config);
    await model.sendText(first.sessionId, '[The call is connected.]');
    const { handle } = await listen(first.sessionId).until('resumption');
    await model.stopSession(first.sessionId);
    const second = await model.startSession({ ...config, resumptionHandle: handle });
    await model.sendText(second.sessionId, '[Go on.]');
    expect((await listen(second.sessionId).until('audio')).audio.length).toBeGreaterThan(0);
    await model.stopSession(second.sessionId);
  });
});

describe.concurrent('another assistant', () => {
  const technical = { systemInstruction: 'Jsi technická podpora.', tools: [] };

  it('takes the open session over where the model can', async () => {
    const config = await configFor([], 'two-assistants');
    const { sessionId } = await model.startSession(config);
    const heard = listen(sessionId);
    await model.sendText(sessionId, '[The call is connected.]');
    await heard.until('turnComplete');
    expect(await model.updateSession(sessionId, { ...config, ...technical })).toBe(true);
    const after = listen(sessionId);
    await model.sendText(sessionId, '[You take this call over.]');
    await after.until('turnComplete');
    const words = after.events.map((event) => (event.type === 'assistantTranscript' ? event.text : ''));
    expect(words.join('')).toContain('technická podpora');
    await model.stopSession(sessionId);
    expect((await vendor.violations()).filter(({ key }) => key === config.apiKey)).toEqual([]);
  });

  it.each([
    ['another voice', 'gemini-3.8-live', { voice: 'Puck' }],
    ['another language', 'gemini-3.8-live', { language: 'en-US' }],
    ['interruptions', 'gemini-3.8-live', { bargeIn: false }],
    ['a model without updates', 'gemini-3.1-flash-live-preview', {}],
  ])('needs a session of its own for %s', async (_, modelId, change) => {
    const config = { ...(await configFor()), modelId };
    const { sessionId } = await model.startSession(config);
    expect(await model.updateSession(sessionId, { ...config, ...technical, ...change })).toBe(false);
    await model.stopSession(sessionId);
    expect(await model.updateSession(sessionId, { ...config, ...technical })).toBe(false);
  });
});

describe.concurrent('a session that cannot be had', () => {
  it('is given up in time, and its socket with it', async () => {
    const config = await configFor(['never-setup-complete']);
    await expect(model.startSession({ ...config, connectTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'model-unavailable',
    });
    await vi.waitFor(async () => expect((await vendor.sessions(config.apiKey))[0]?.closed).toBeDefined());
  });

  it.each([
    ['handshake-403', 'model-refused'],
    ['quota-exceeded', 'model-unavailable'],
  ])('fails as %s with %s', async (trap, code) => {
    await expect(model.startSession(await configFor([trap]))).rejects.toMatchObject({ code });
  });

  it('is refused for a model that the vendor or we do not know, and for a key that is none', async () => {
    const config = await configFor();
    await expect(model.startSession({ ...config, modelId: 'gemini-3.8-live-9' })).rejects.toMatchObject({
      code: 'model-refused',
    });
    await expect(model.startSession({ ...config, modelId: 'other-live' })).rejects.toMatchObject({
      code: 'model-refused',
    });
    await expect(model.startSession({ ...config, apiKey: 'nobody' })).rejects.toMatchObject({ code: 'model-refused' });
    await expect(model.startSession({ ...config, baseUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'model-unavailable',
    });
  });
});

describe.concurrent('a session that goes wrong', () => {
  it('goes on after a frame that is no JSON', async () => {
    const { sessionId } = await model.startSession(await configFor(['malformed-frame']));
    await model.sendText(sessionId, '[The call is connected.]');
    const heard = listen(sessionId);
    await heard.until('generationComplete');
    expect(heard.events.some(({ type }) => type === 'closed')).toBe(false);
    await model.stopSession(sessionId);
  });

  it('reads messages that hold several things at once', async () => {
    const { sessionId } = await model.startSession(await configFor(['many-keys-one-message']));
    await model.sendText(sessionId, '[The call is connected.]');
    const heard = listen(sessionId);
    await heard.until('generationComplete');
    expect(new Set(heard.events.map(({ type }) => type))).toContain('assistantTranscript');
    await model.stopSession(sessionId);
  });

  it.each([
    ['close-1006', 1006],
    ['close-1007', 1007],
    ['close-1011', 1011],
  ])('says how it ended: %s', async (trap, code) => {
    const config = await configFor();
    const { sessionId } = await model.startSession(config);
    const heard = listen(sessionId);
    await vendor.spring(config.apiKey, trap);
    expect(await heard.until('closed')).toMatchObject({ code });
    await model.stopSession(sessionId);
  });

  it('ends alone when its handler throws', async () => {
    const config = await configFor();
    const [broken, other] = await Promise.all([model.startSession(config), model.startSession(await configFor())]);
    model.onEvent(broken.sessionId, () => {
      throw new Error('a fault of ours');
    });
    const heard = listen(other.sessionId);
    for (const { sessionId } of [broken, other]) await model.sendText(sessionId, '[The call is connected.]');
    await heard.until('generationComplete');
    await vi.waitFor(async () => expect((await vendor.sessions(config.apiKey))[0]?.closed).toBeDefined());
    await model.stopSession(other.sessionId);
  });

  it('takes what is sent after its end without a word', async () => {
    const { sessionId } = await model.startSession(await configFor());
    await model.stopSession(sessionId);
    await model.sendAudio(sessionId, Buffer.alloc(640));
    await model.sendText(sessionId, 'x');
    await model.sendToolResults(sessionId, [{ id: 'f1', name: 'end_call', response: {} }]);
    await expect(model.stopSession(sessionId)).resolves.toBeUndefined();
  });
});
