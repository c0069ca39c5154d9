import { describe, expect, test } from 'vitest';

import { createSessionHarness, greetedHarness, greetMessage, setupMessage, withSetup } from './session-harness.ts';

const invalidArgument = 'Request contains an invalid argument.';

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
