import { describe, expect, test } from 'vitest';

import { loadPhraseBook } from '../speech/phrase-book.ts';
import { listAt, recordAt, stringAt, valueAt } from './json.ts';
import { createResumptionStore } from './resumption.ts';
import {
  createSessionHarness,
  greetedHarness,
  greetMessage,
  setupMessage,
  type SessionHarness,
} from './session-harness.ts';

const text = (id: string): string => loadPhraseBook().byId(id).text;
const invalidArgument = 'Request contains an invalid argument.';
const withSetup = (change: Record<string, unknown>): unknown => ({ setup: { ...setupMessage.setup, ...change } });

function toolCalls(harness: SessionHarness): { id: string | undefined; name: string | undefined }[] {
  return harness.messages.flatMap((message) =>
    listAt(message, 'toolCall', 'functionCalls').map((call) => ({
      id: stringAt(call, 'id'),
      name: stringAt(call, 'name'),
    })),
  );
}

function answer(
  harness: SessionHarness,
  id: string,
  response: Record<string, unknown> = { ok: true },
  extra = {},
): void {
  harness.send({ toolResponse: { functionResponses: [{ id, name: 'order_status', response, ...extra }] } });
}

describe('refusals', () => {
  const cases: [string, unknown, number, string][] = [
    ['a first message that is no setup', greetMessage, 1007, invalidArgument],
    ['an unknown model', withSetup({ model: 'models/gemini-9' }), 1008, 'models/gemini-9 is not found'],
    [
      'thinkingConfig on 3.8',
      withSetup({ generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }),
      1007,
      invalidArgument,
    ],
    [
      'affective dialog on 3.8',
      withSetup({ generationConfig: { enableAffectiveDialog: true } }),
      1007,
      invalidArgument,
    ],
    [
      'proactive audio switched off on 3.8',
      withSetup({ proactivity: { proactiveAudio: false } }),
      1007,
      invalidArgument,
    ],
    ['text as an answer', withSetup({ generationConfig: { responseModalities: ['TEXT'] } }), 1007, invalidArgument],
    ['an unknown field', withSetup({ voice: 'Kore' }), 1007, 'Unknown name "voice" at \'setup\''],
    [
      'a voice that nobody has',
      withSetup({ generationConfig: { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Bob' } } } } }),
      1007,
      invalidArgument,
    ],
    [
      'asynchronous functions on 3.1',
      withSetup({
        model: 'models/gemini-3.1-flash-live-preview',
        tools: [{ functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }] }],
      }),
      1007,
      invalidArgument,
    ],
    [
      'a level of thinking that the model does not have',
      withSetup({
        model: 'models/gemini-3.8-live-extended-thinking',
        generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } },
      }),
      1007,
      invalidArgument,
    ],
    [
      'a budget for a model that thinks by levels',
      withSetup({
        model: 'models/gemini-3.1-flash-live-preview',
        generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
      }),
      1007,
      invalidArgument,
    ],
    [
      'a name that no list holds',
      withSetup({ realtimeInputConfig: { activityHandling: 'INTERRUPT' } }),
      1007,
      invalidArgument,
    ],
    ['a temperature of words', withSetup({ generationConfig: { temperature: 'warm' } }), 1007, invalidArgument],
    [
      'parameters described twice',
      withSetup({ tools: [{ functionDeclarations: [{ name: 'f', parameters: {}, parametersJsonSchema: {} }] }] }),
      1007,
      invalidArgument,
    ],
    ['an unknown resumption handle', withSetup({ sessionResumption: { handle: 'nobody' } }), 1007, invalidArgument],
  ];
  test.each(cases)('%s', (_name, message, code, reason) => {
    const harness = createSessionHarness();
    harness.send(message);
    expect(harness.closed?.code).toBe(code);
    expect(harness.closed?.reason).toContain(reason);
    expect(Buffer.byteLength(harness.closed?.reason ?? '')).toBeLessThanOrEqual(123);
    expect(harness.frames).toEqual([]);
  });

  const after: [string, unknown, Record<string, unknown>?][] = [
    ['a second setup', setupMessage],
    ['audio that is no PCM', { realtimeInput: { audio: { data: 'AAAA', mimeType: 'audio/wav' } } }],
    ['half a sample', { realtimeInput: { audio: { data: 'AA==', mimeType: 'audio/pcm;rate=16000' } } }],
    ['activity signals beside automatic detection', { realtimeInput: { activityStart: {} } }],
    ['a system turn', { clientContent: { turns: [{ role: 'system', parts: [{ text: 'x' }] }] } }],
    ['two messages in one', { ...greetMessage, realtimeInput: { text: 'x' } }],
    ['a context update on 2.5', { contextUpdate: {} }, { model: 'models/gemini-2.5-flash-native-audio-latest' }],
    [
      'a history on 2.5 that ends with the model',
      { clientContent: { turns: [{ role: 'model', parts: [{ text: 'x' }] }], turnComplete: true } },
      { model: 'models/gemini-2.5-flash-native-audio-latest' },
    ],
  ];
  test.each(after)('%s', (_name, message, change = {}) => {
    const harness = createSessionHarness();
    harness.send(withSetup(change));
    expect(harness.kinds()).toEqual(['setupComplete', 'sessionResumptionUpdate']);
    harness.send(message);
    expect(harness.closed).toEqual({ code: 1007, reason: invalidArgument });
  });

  test('3.1 takes turns before its first answer only', () => {
    const harness = greetedHarness({}, withSetup({ model: 'models/gemini-3.1-flash-live-preview' }));
    expect(harness.closed).toBeUndefined();
    harness.send(greetMessage);
    expect(harness.closed).toEqual({ code: 1007, reason: invalidArgument });
  });
});

describe('turns', () => {
  test('without trailing audio a turn of 3.8 does not end, not even by audioStreamEnd', () => {
    const harness = createSessionHarness({ line: false });
    harness.send(setupMessage);
    harness.say('cs-caller-hello');
    harness.send({ realtimeInput: { audioStreamEnd: true } });
    harness.run(5000);
    expect(harness.session.record.heard).toEqual([]);
  });

  test('audioStreamEnd ends a turn of 2.5', () => {
    const harness = createSessionHarness({ line: false });
    harness.send(withSetup({ model: 'models/gemini-2.5-flash-native-audio-latest' }));
    harness.say('cs-caller-hello');
    harness.send({ realtimeInput: { audioStreamEnd: true } });
    harness.run(5000);
    expect(harness.session.record.heard.map((row) => row.phraseIds)).toEqual([['cs-caller-hello']]);
    expect(harness.words('output')).toBe(text('cs-assistant-how-can-i-help'));
  });

  test('what the caller said is written down late and only as it was heard', () => {
    const harness = greetedHarness();
    const from = harness.messages.length;
    harness.say('cs-caller-opening-hours');
    harness.run(600);
    expect(harness.words('input', from)).toBe('');
    harness.run(6000);
    expect(harness.words('input', from)).toBe(text('cs-caller-opening-hours'));
    expect(harness.words('output', from)).toBe(text('cs-assistant-opening-hours'));
  });

  test('with NO_INTERRUPTION the answer goes on and the sentence is answered afterwards', () => {
    const config = { automaticActivityDetection: { silenceDurationMs: 500 }, activityHandling: 'NO_INTERRUPTION' };
    const harness = greetedHarness({}, withSetup({ realtimeInputConfig: config }));
    const from = harness.messages.length;
    harness.say('cs-caller-returns');
    harness.run(2500);
    harness.say('cs-caller-wait-delivery');
    harness.run(20_000);
    expect(harness.kinds(from)).not.toContain('interrupted');
    expect(harness.words('output', from)).toBe(text('cs-assistant-returns') + text('cs-assistant-delivery-window'));
  });

  test('a blocking call holds the turn open and barge-in cancels it', () => {
    const tools = [{ functionDeclarations: [{ name: 'order_status', behavior: 'BLOCKING' }] }];
    const harness = greetedHarness({}, withSetup({ tools }));
    const from = harness.messages.length;
    harness.say('cs-caller-order-status');
    harness.run(8000);
    expect(toolCalls(harness)).toEqual([{ id: 'function-call-1', name: 'order_status' }]);
    expect(harness.words('output', from)).toBe(text('cs-assistant-checking'));
    expect(harness.kinds(from)).not.toContain('turnComplete');
    harness.say('cs-caller-enough');
    harness.run(5000);
    expect(harness.kinds(from)).toContain('toolCallCancellation');
    answer(harness, 'function-call-1');
    harness.run(3000);
    expect(harness.words('output', from)).not.toContain('4711');
  });

  test('the result of a non-blocking call is spoken when idle, at once, or never, as its scheduling says', () => {
    for (const [scheduling, spoken] of [
      ['WHEN_IDLE', true],
      ['INTERRUPT', true],
      ['SILENT', false],
    ] as const) {
      const harness = greetedHarness();
      const from = harness.messages.length;
      harness.say('cs-caller-order-status');
      harness.run(1800);
      answer(harness, 'function-call-1', { ok: true }, { scheduling });
      harness.run(12_000);
      expect(harness.words('output', from).includes(text('cs-assistant-order-on-the-way'))).toBe(spoken);
      expect(harness.kinds(from).includes('interrupted')).toBe(scheduling === 'INTERRUPT');
    }
  });

  test('a failed result is answered by the rule that looks into it', () => {
    const harness = greetedHarness();
    harness.say('cs-caller-order-status');
    harness.run(4000);
    answer(harness, 'function-call-1', { ok: false, error: 'timeout' });
    harness.run(8000);
    expect(harness.words('output')).toContain(text('cs-assistant-order-failed'));
  });

  test('usage grows with what was said', () => {
    const harness = greetedHarness();
    harness.say('cs-caller-opening-hours');
    harness.run(8000);
    const counts = harness.messages
      .map((message) => valueAt(message, 'usageMetadata', 'promptTokenCount'))
      .filter((count) => typeof count === 'number');
    expect(counts).toHaveLength(2);
    expect(counts[1]).toBeGreaterThan((counts[0] ?? 0) + 30);
  });

  test('new instructions make it introduce itself again', () => {
    const harness = greetedHarness({ scenario: 'two-assistants' });
    harness.send({ contextUpdate: { systemInstruction: { parts: [{ text: 'Jsi technická podpora.' }] } } });
    harness.send({ realtimeInput: { text: '(speak)' } });
    harness.run(6000);
    expect(harness.words('output')).toBe(text('cs-assistant-greeting') + text('cs-assistant-technical-greeting'));
    expect(harness.session.record.contextUpdates).toMatchObject([{ instruction: 'Jsi technická podpora.' }]);
  });

  const replaceTools = (tools: unknown): ReturnType<typeof greetedHarness> => {
    const harness = greetedHarness();
    harness.send({ contextUpdate: { tools } });
    harness.say('cs-caller-order-status');
    harness.run(6000);
    return harness;
  };

  test.each([
    ['an empty wrapper', {}],
    ['an empty list', { tools: [] }],
    ['other functions', { tools: [{ functionDeclarations: [{ name: 'opening_hours' }] }] }],
  ])('tools are replaced by %s: what was declared before is not called any more', (_name, tools) => {
    const harness = replaceTools(tools);
    expect(harness.session.record.toolCalls).toEqual([]);
    expect(harness.session.record.contextUpdates).toHaveLength(1);
    expect(harness.session.record.faults).toMatchObject([
      { fault: 'none of these functions was declared: order_status' },
    ]);
  });

  test('what an update leaves out stays: new instructions keep the tools', () => {
    const harness = greetedHarness();
    harness.send({ contextUpdate: { systemInstruction: { parts: [{ text: 'Mluv stručně.' }] } } });
    harness.say('cs-caller-order-status');
    harness.run(4000);
    expect(harness.session.record.toolCalls).toMatchObject([{ name: 'order_status' }]);
  });

  test.each([
    ['a list without its wrapper', { tools: [{ functionDeclarations: [{ name: 'f' }] }] }],
    ['another name of the wrapper', { tools: { functionDeclarations: [{ name: 'f' }] } }],
    ['a voice', { generationConfig: {} }],
    ['a function declared twice', { tools: { tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'f' }] }] } }],
  ])('an update with %s is refused', (_name, contextUpdate) => {
    const harness = greetedHarness();
    harness.send({ contextUpdate });
    expect(harness.closed?.code).toBe(1007);
    expect(harness.session.record.contextUpdates).toEqual([]);
  });

  test('3.1 resumes no session of a long instruction', () => {
    const resumption = createResumptionStore();
    const systemInstruction = { parts: [{ text: 'Mluv česky. '.repeat(100) }] };
    const setup = { model: 'models/gemini-3.1-flash-live-preview', systemInstruction };
    const first = greetedHarness({ resumption }, withSetup(setup));
    const handle = first.messages.map((one) => stringAt(one, 'sessionResumptionUpdate', 'newHandle')).findLast(Boolean);
    first.end();
    const second = createSessionHarness({ resumption, id: 'session-2' });
    second.send(withSetup({ ...setup, sessionResumption: { handle } }));
    expect(second.closed).toEqual({ code: 1007, reason: invalidArgument });
  });

  test('a session is resumed as begun although its instructions were replaced last', () => {
    const resumption = createResumptionStore();
    const first = greetedHarness({ resumption });
    first.send({ contextUpdate: { systemInstruction: { parts: [{ text: 'Mluv stručně.' }] } } });
    first.session.spring('go-away', 1_010_000);
    const handle = first.messages.map((one) => stringAt(one, 'sessionResumptionUpdate', 'newHandle')).findLast(Boolean);
    first.end();
    const second = createSessionHarness({ resumption, atMs: 1_020_000, id: 'session-2' });
    second.send(withSetup({ sessionResumption: { handle } }));
    second.send({ realtimeInput: { text: '(go on)' } });
    second.run(4000);
    expect(second.words('output')).toBe(text('cs-assistant-reconnected'));
  });
});

describe('connections', () => {
  test('goAway comes 50 s before the end of ten minutes', () => {
    const harness = greetedHarness({ line: false });
    harness.run(541_000);
    expect(harness.kinds()).not.toContain('goAway');
    harness.run(5000);
    const away = harness.messages.find((message) => 'goAway' in message);
    expect(recordAt(away, 'goAway')).toEqual({ timeLeft: '50s' });
    harness.run(60_000);
    expect(harness.closed).toEqual({ code: 1011, reason: 'Deadline expired before operation could complete.' });
  });

  test('with compression 3.8 lives for 58 minutes and ends unannounced', () => {
    const harness = greetedHarness({ line: false }, withSetup({ contextWindowCompression: { slidingWindow: {} } }));
    harness.run(57 * 60_000);
    expect(harness.closed).toBeUndefined();
    harness.run(90_000);
    expect(harness.closed?.code).toBe(1011);
    expect(harness.kinds()).not.toContain('goAway');
  });

  test('a handle keeps what the model knows, expires after two hours, and none is given while it speaks', () => {
    const resumption = createResumptionStore();
    const first = greetedHarness({ resumption });
    const updates = first.messages
      .map((message) => recordAt(message, 'sessionResumptionUpdate'))
      .filter((one) => one !== undefined);
    expect(updates.map((one) => one['resumable'])).toEqual([true, false, true]);
    const handle = stringAt(updates.at(-1), 'newHandle') ?? '';
    first.end();
    const again = withSetup({ sessionResumption: { handle } });
    const late = createSessionHarness({ resumption, id: 'late', atMs: 1_000_000 + 3 * 3_600_000 });
    late.send(again);
    expect(late.closed?.code).toBe(1007);
    const soon = createSessionHarness({ resumption, id: 'soon', atMs: 1_100_000 });
    soon.send(again);
    soon.say('cs-caller-opening-hours');
    soon.run(6000);
    expect(soon.words('output')).toBe(text('cs-assistant-opening-hours'));
  });
});
