import { describe, expect, test } from 'vitest';

import { loadPhraseBook } from '../speech/phrase-book.ts';
import { listAt, stringAt, valueAt } from './json.ts';
import { createResumptionStore } from './resumption.ts';
import {
  createSessionHarness,
  greetedHarness,
  setupMessage,
  type SessionHarness,
  withSetup,
} from './session-harness.ts';

const text = (id: string): string => loadPhraseBook().byId(id).text;
const invalidArgument = 'Request contains an invalid argument.';
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
