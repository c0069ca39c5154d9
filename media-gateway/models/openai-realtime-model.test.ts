import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelEvent, SessionConfig } from '../../contracts/realtime-model.ts';
import { startSimulatorProcess, type SimulatorProcess } from '../../test/simulator-process.ts';
import { recordedPhrase } from '../session/recorded-phrases.ts';
import { OpenAIRealtimeModel } from './openai-realtime-model.ts';

const model = new OpenAIRealtimeModel({ log: pino({ level: 'silent' }) });
let vendor: SimulatorProcess;

beforeAll(async () => {
  vendor = await startSimulatorProcess('openai-realtime', 'SIM_OPENAI_PORT');
});
afterAll(() => vendor.stop());

function configFor(change: Partial<SessionConfig> = {}): SessionConfig {
  return {
    modelId: 'gpt-realtime-2.1',
    apiKey: 'sim-caller-hangs-up',
    baseUrl: vendor.url,
    systemInstruction: 'Mluv výhradně česky.',
    language: 'cs-CZ',
    voice: 'Kore',
    latencyProfile: 'fast',
    bargeIn: true,
    activity: 'model',
    tools: [{ name: 'end_call', description: 'Hangs up.', parameters: { type: 'object', properties: {} } }],
    connectTimeoutMs: 3000,
    ...change,
  };
}

interface Record {
  received: { kind: string; text?: string }[];
  sent: { kind: string }[];
  sprung: { trap: string }[];
}

const recordOf = async (apiKey: string): Promise<Record | undefined> => {
  return (await vendor.control<Record[]>('GET', `/sessions?key=${apiKey}`)).at(-1);
};

/** Opens a session and collects what it says; `until` waits for an event that has not been waited for. */
async function open(change: Partial<SessionConfig> = {}) {
  const session = await model.startSession(configFor(change));
  const { sessionId } = session;
  const events: ModelEvent[] = [];
  let seen = 0;
  let changed: () => void = () => {};
  model.onEvent(sessionId, (event) => {
    events.push(event);
    changed();
  });
  const until = async (type: ModelEvent['type']): Promise<ModelEvent> => {
    for (;;) {
      for (; seen < events.length; seen++) {
        const event = events[seen];
        if (event?.type !== type) continue;
        seen += 1;
        return event;
      }
      await new Promise<void>((resolve) => (changed = resolve));
    }
  };
  const speak = async (silenceMs: number): Promise<void> => {
    const words = recordedPhrase('cs-CZ', 'apology')?.mulaw ?? new Uint8Array(0);
    const spoken = Buffer.concat([words, Buffer.alloc(silenceMs * 8, 0xff)]);
    for (let at = 0; at < spoken.length; at += 160) await model.sendAudio(sessionId, spoken.subarray(at, at + 160));
  };
  return { ...session, events, until, speak };
}

const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.type === 'assistantTranscript' ? event.text : '')).join('');

const audioMs = (events: readonly ModelEvent[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'audio' ? event.audio.length / 8 : 0), 0);

describe.concurrent('a session', () => {
  it('speaks in the telephone’s own code when it is told to, and counts what it cost', async () => {
    const { sessionId, inputFormat, outputFormat, events, until } = await open();
    await model.sendText(sessionId, '[The call is connected.]');
    await until('turnComplete');
    await model.stopSession(sessionId);
    expect([inputFormat, outputFormat]).toEqual([
      { encoding: 'mulaw', sampleRateHz: 8000 },
      { encoding: 'mulaw', sampleRateHz: 8000 },
    ]);
    expect(audioMs(events)).toBeGreaterThan(2000);
    const text = events.map((event) => (event.type === 'assistantTranscript' ? event.text : '')).join('');
    expect(text).toBe('Dobrý den, tady virtuální asistentka. S čím vám mohu pomoci?');
    expect(events.find(({ type }) => type === 'usage')).toMatchObject({
      usage: { textIn: 200, audioOut: Math.round(audioMs(events) / 50) },
    });
    expect(await vendor.control('GET', '/violations')).toEqual([]);
  });

  it('takes up what was said before', async () => {
    const seed = [
      { speaker: 'caller', text: 'Haló?' },
      { speaker: 'assistant', text: 'Dobrý den.' },
    ] as const;
    const { sessionId, events, until } = await open({ seed });
    await model.sendText(sessionId, '[Go on.]');
    await until('generationComplete');
    await model.stopSession(sessionId);
    const text = events.map((event) => (event.type === 'assistantTranscript' ? event.text : '')).join('');
    expect(text).toContain('Omlouvám se');
  });

  it('hears the caller out where the client says when he speaks', async () => {
    const { sessionId, activity, until, speak } = await open({ activity: 'client' });
    expect(activity).toBe('client');
    await model.signalActivity(sessionId, 'start');
    await speak(0);
    await model.signalActivity(sessionId, 'end');
    expect(await until('audio')).toBeDefined();
    await model.stopSession(sessionId);
  });

  it('says of each text how long ago it was spoken, since texts come in any order', async () => {
    const apiKey = 'sim-caller-hangs-up.openai-transcription-out-of-order';
    const { sessionId, events, until, speak } = await open({ apiKey, activity: 'client' });
    for (const _ of ['first', 'second']) {
      await model.signalActivity(sessionId, 'start');
      await speak(0);
      await model.signalActivity(sessionId, 'end');
      await until('turnComplete');
    }
    const ages = (): (number | undefined)[] =>
      events.flatMap((event) => (event.type === 'callerTranscript' ? [event.spokenMsAgo] : []));
    await vi.waitFor(() => expect(ages()).toHaveLength(2), { timeout: 5000 });
    await model.stopSession(sessionId);
    const [earlier = 0, later = 0] = ages();
    expect(earlier).toBeGreaterThan(0);
    expect(later).toBeGreaterThan(earlier);
  });

  it('asks for one response after the other: what it is told meanwhile is answered next', async () => {
    const apiKey = 'sim-openai-talk';
    const { sessionId, events, until } = await open({ apiKey });
    await model.sendText(sessionId, '[The call is connected.]');
    await until('audio');
    await model.sendText(sessionId, '[The caller waits for your answer.]');
    await until('turnComplete');
    const from = events.length;
    await until('turnComplete');
    await model.stopSession(sessionId);
    expect(textOf(events.slice(from))).toContain('nerozuměla');
    expect(await vendor.control('GET', '/violations')).toEqual([]);
  });

  it('is refused once and for all where the key is wrong', async () => {
    await expect(model.startSession(configFor({ apiKey: 'nobody' }))).rejects.toMatchObject({ code: 'model-refused' });
  });
});

describe.concurrent('another assistant', () => {
  it('takes the open session over, unless its voice would be another', async () => {
    const apiKey = 'sim-openai-two-assistants';
    const change = configFor({ apiKey, systemInstruction: 'Jsi technická podpora.', tools: [] });
    const { sessionId, events, until } = await open({ apiKey });
    await model.sendText(sessionId, '[The call is connected.]');
    await until('turnComplete');
    expect(await model.updateSession(sessionId, { ...change, voice: 'Puck' })).toBe(false);
    expect(await model.updateSession(sessionId, change)).toBe(true);
    const from = events.length;
    await model.sendText(sessionId, '[You take this call over.]');
    await until('turnComplete');
    await model.stopSession(sessionId);
    expect(textOf(events.slice(from))).toContain('technická podpora');
    expect(await vendor.control('GET', '/violations')).toEqual([]);
  });

  it('is not disturbed by an answer that was going on', async () => {
    const apiKey = 'sim-openai-two-assistants';
    const { sessionId, events, until } = await open({ apiKey });
    await model.sendText(sessionId, '[The call is connected.]');
    await until('audio');
    await model.updateSession(sessionId, configFor({ apiKey, systemInstruction: 'Jsi technická podpora.' }));
    await model.sendText(sessionId, '[You take this call over.]');
    await until('turnComplete');
    const from = events.length;
    await until('turnComplete');
    await model.stopSession(sessionId);
    expect(textOf(events.slice(from))).toContain('technická podpora');
  });
});

describe.concurrent('an answer that the vendor breaks off', () => {
  it('is one that the model stopped in', async () => {
    const apiKey = 'sim-caller-hangs-up.openai-response-incomplete';
    const { sessionId, events, until, speak } = await open({ apiKey, activity: 'client' });
    await model.sendText(sessionId, '[The call is connected.]');
    await until('turnComplete');
    expect(events.map(({ type }) => type)).not.toContain('interrupted');
    await model.signalActivity(sessionId, 'start');
    await speak(0);
    await model.signalActivity(sessionId, 'end');
    await until('interrupted');
    await until('turnComplete');
    await model.stopSession(sessionId);
    expect((await recordOf(apiKey))?.sprung).toMatchObject([{ trap: 'openai-response-incomplete' }]);
  });
});

describe.concurrent('an answer that the caller cuts', () => {
  it('is dropped at once, however late its audio comes, and kept as far as it was heard', async () => {
    const apiKey = 'sim-caller-hangs-up.openai-late-deltas';
    const { sessionId, events, until, speak } = await open({ apiKey });
    await model.sendText(sessionId, '[The call is connected.]');
    await until('audio');
    await speak(0);
    await until('interrupted');
    const cutAt = events.length;
    await model.answerCut(sessionId, 120);
    await until('turnComplete');
    await vi.waitFor(async () =>
      expect((await recordOf(apiKey))?.sent.map(({ kind }) => kind)).toContain('conversation.item.truncated'),
    );
    await model.sendText(sessionId, '[Go on.]');
    await until('turnComplete');
    await model.stopSession(sessionId);
    const record = await recordOf(apiKey);
    expect(record?.received.find(({ kind }) => kind === 'truncate')?.text).toBe('120');
    expect(record?.sprung).toMatchObject([{ trap: 'openai-late-deltas' }]);
    expect(audioMs(events.slice(cutAt))).toBe(0);
  });

  it('is never said to be heard beyond its end', async () => {
    const { sessionId, until } = await open();
    await model.sendText(sessionId, '[The call is connected.]');
    await until('turnComplete');
    await model.answerCut(sessionId, 3_600_000);
    await model.stopSession(sessionId);
    expect(await vendor.control('GET', '/violations')).toEqual([]);
  });
});
