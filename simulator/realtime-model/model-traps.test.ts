import { expect, test } from 'vitest';

import { loadPhraseBook } from '../speech/phrase-book.ts';
import { listAt, stringAt } from './json.ts';
import { createTrapSet, isModelTrap, modelTraps, type ModelTrapName, type TrapSet } from './model-traps.ts';
import { createSessionHarness, greetedHarness, setupMessage, type SessionHarness } from './session-harness.ts';

const text = (id: string): string => loadPhraseBook().byId(id).text;

/** A greeted caller asks when the shop is open, and the model has ten seconds to answer. */
function asked(trap: ModelTrapName): SessionHarness {
  const harness = greetedHarness({ traps: [trap] });
  harness.say('cs-caller-opening-hours');
  harness.run(10_000);
  return harness;
}

function orderAsked(trap: ModelTrapName): SessionHarness {
  const harness = greetedHarness({ traps: [trap] });
  harness.say('cs-caller-order-status');
  harness.run(6000);
  return harness;
}

const callIds = (harness: SessionHarness): (string | undefined)[] =>
  harness.messages.flatMap((message) =>
    listAt(message, 'toolCall', 'functionCalls').map((call) => stringAt(call, 'id')),
  );

/** What shows that each trap has sprung; the ones of the upgrade and the language are tested with a real client. */
const proofs: Record<Exclude<ModelTrapName, 'handshake-403'>, () => void> = {
  'never-setup-complete': () => {
    const harness = createSessionHarness({ traps: ['never-setup-complete'] });
    harness.send(setupMessage);
    harness.run(30_000);
    expect(harness.frames).toEqual([]);
    expect(harness.closed).toBeUndefined();
  },
  'malformed-frame': () => {
    const { frames } = asked('malformed-frame');
    expect(frames.filter((frame) => !frame.endsWith('}'))).toHaveLength(1);
  },
  'half-open-socket': () => {
    const harness = asked('half-open-socket');
    expect(harness.session.record.sprung).toMatchObject([{ trap: 'half-open-socket' }]);
    const { length } = harness.frames;
    harness.say('cs-caller-opening-hours');
    harness.run(5000);
    expect(harness.frames).toHaveLength(length);
    expect(harness.closed).toBeUndefined();
  },
  'lost-tool-result': () => {
    const harness = orderAsked('lost-tool-result');
    const functionResponses = [{ id: callIds(harness)[0], name: 'order_status', response: { ok: true } }];
    harness.send({ toolResponse: { functionResponses } });
    expect(harness.closed?.code).toBe(1011);
  },
  'silent-after-tool': () => {
    const harness = orderAsked('silent-after-tool');
    const functionResponses = [{ id: callIds(harness)[0], name: 'order_status', response: { ok: true } }];
    harness.send({ toolResponse: { functionResponses } });
    const { length } = harness.frames;
    harness.run(8000);
    expect(harness.frames).toHaveLength(length);
    harness.send({ realtimeInput: { text: '(answer)' } });
    harness.run(3000);
    expect(harness.frames.length).toBeGreaterThan(length);
  },
  'close-1000': () => expect(asked('close-1000').closed).toEqual({ code: 1000, reason: '' }),
  'close-1006': () => expect(asked('close-1006').closed).toEqual({ code: 1006, reason: '' }),
  'close-1007': () => expect(asked('close-1007').closed?.reason).toBe('Request contains an invalid argument.'),
  'close-1008': () =>
    expect(orderAsked('close-1008').closed?.reason).toBe('Operation is not implemented, or supported, or enabled.'),
  'close-1011': () => expect(asked('close-1011').closed).toEqual({ code: 1011, reason: 'Internal error encountered.' }),
  'deadline-expired': () => expect(asked('deadline-expired').closed?.reason).toContain('Deadline expired'),
  'quota-exceeded': () => {
    const harness = createSessionHarness({ traps: ['quota-exceeded'] });
    harness.send(setupMessage);
    expect(harness.closed?.code).toBe(1011);
    expect(harness.closed?.reason).toContain('RESOURCE_EXHAUSTED');
    expect(harness.frames).toEqual([]);
  },
  'go-away': () => {
    const harness = asked('go-away');
    expect(harness.kinds()).toContain('goAway');
    harness.run(5000);
    expect(harness.closed?.code).toBe(1011);
  },
  'go-away-mid-answer': () => {
    const harness = asked('go-away-mid-answer');
    const kinds = harness.kinds();
    const away = kinds.indexOf('goAway');
    expect(kinds.slice(0, away).lastIndexOf('audio')).toBeGreaterThan(kinds.indexOf('turnComplete'));
    expect(kinds.slice(away)).toContain('audio');
    expect(harness.closed).toBeUndefined();
    harness.run(20_000);
    expect(harness.closed?.code).toBe(1011);
  },
  'duplicate-tool-call': () => {
    const ids = callIds(orderAsked('duplicate-tool-call'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  },
  'tool-call-without-id': () => expect(callIds(orderAsked('tool-call-without-id'))).toEqual([undefined]),
  'tool-call-cancellation': () => {
    const harness = orderAsked('tool-call-cancellation');
    expect(harness.kinds()).toContain('toolCallCancellation');
    expect(callIds(harness)).toHaveLength(2);
  },
  'late-tool-cancellation': () => {
    const harness = orderAsked('late-tool-cancellation');
    expect(harness.kinds()).not.toContain('toolCallCancellation');
    const response = { id: callIds(harness)[0], name: 'order_status', response: {} };
    harness.send({ toolResponse: { functionResponses: [response] } });
    harness.run(500);
    expect(harness.kinds()).toContain('toolCallCancellation');
  },
  'interrupted-wedge': () => {
    const harness = greetedHarness({ traps: ['interrupted-wedge'] });
    harness.say('cs-caller-returns');
    harness.run(2500);
    harness.say('cs-caller-wait-delivery');
    const from = harness.messages.length;
    harness.run(20_000);
    harness.send({ realtimeInput: { text: 'Are you there?' } });
    harness.run(5000);
    expect(harness.kinds().at(-1)).toBe('inputTranscription');
    expect(harness.kinds(from)).not.toContain('audio');
    expect(harness.kinds(from)).not.toContain('turnComplete');
  },
  'phantom-interrupted': () => {
    const harness = asked('phantom-interrupted');
    expect(harness.kinds().filter((kind) => kind === 'interrupted')).toHaveLength(1);
    expect(harness.session.record.heard).toHaveLength(1);
  },
  'empty-turn': () => {
    const harness = createSessionHarness({ traps: ['empty-turn'] });
    harness.send(setupMessage);
    harness.send({ realtimeInput: { text: '(greet)' } });
    harness.run(3000);
    expect(harness.kinds()).toContain('turnComplete');
    expect(harness.kinds()).not.toContain('audio');
  },
  'silent-stall': () => {
    const harness = asked('silent-stall');
    expect(harness.words('output')).toBe(text('cs-assistant-greeting'));
    harness.send({ realtimeInput: { text: 'Go on.' } });
    harness.run(6000);
    expect(harness.words('output')).toBe(text('cs-assistant-greeting') + text('cs-assistant-opening-hours'));
  },
  'silent-greeting': () => {
    const harness = createSessionHarness({ traps: ['silent-greeting'] });
    harness.send(setupMessage);
    harness.send({ realtimeInput: { text: '(greet)' } });
    harness.run(8000);
    expect(harness.kinds()).not.toContain('audio');
    harness.send({ realtimeInput: { text: '(greet)' } });
    harness.run(4000);
    expect(harness.words('output')).toBe(text('cs-assistant-greeting'));
  },
  'swallowed-turn': () => {
    const harness = asked('swallowed-turn');
    expect(harness.words('input') + harness.words('output')).toBe(text('cs-assistant-greeting'));
    harness.say('cs-caller-opening-hours');
    harness.run(6000);
    expect(harness.words('input')).toBe(text('cs-caller-opening-hours'));
  },
  'late-input-transcription': () => {
    const kinds = asked('late-input-transcription').kinds();
    expect(kinds.indexOf('inputTranscription')).toBeGreaterThan(kinds.lastIndexOf('generationComplete'));
  },
  'missing-transcription': () => {
    const harness = asked('missing-transcription');
    expect(harness.words('input')).toBe('');
    expect(harness.words('output')).toContain(text('cs-assistant-opening-hours'));
  },
  'transcript-begins-late': () => {
    const harness = greetedHarness({ traps: ['transcript-begins-late'] });
    harness.say('cs-caller-hello');
    harness.run(6000);
    expect(harness.words('input')).toBe('poradit s objednávkou.');
  },
  'late-turn-end': () => {
    const heardAtMs = (traps: ModelTrapName[]): number => {
      const harness = greetedHarness({ traps });
      const from = harness.session.record.receivedAudioMs;
      harness.say('cs-caller-opening-hours');
      while (harness.session.record.heard.length === 0) harness.run(20);
      return harness.session.record.receivedAudioMs - from;
    };
    expect(heardAtMs(['late-turn-end']) - heardAtMs([])).toBeCloseTo(1000, -2);
  },
  'short-utterance-ignored': () => {
    const harness = greetedHarness({ traps: ['short-utterance-ignored'] });
    harness.say('cs-caller-short-yes');
    harness.run(6000);
    expect(harness.words('input')).toBe('');
    expect(harness.words('output')).toBe(text('cs-assistant-greeting'));
  },
  'malformed-function-call': () => {
    const harness = orderAsked('malformed-function-call');
    expect(callIds(harness)).toEqual([]);
    const reasons = harness.messages.map((message) => stringAt(message, 'serverContent', 'turnCompleteReason'));
    expect(reasons.filter((reason) => reason !== undefined)).toEqual(['MALFORMED_FUNCTION_CALL']);
    harness.send({ realtimeInput: { text: 'Go on.' } });
    harness.run(3000);
    expect(callIds(harness)).toHaveLength(1);
  },
  'function-taken-away': () => {
    const harness = greetedHarness({ traps: ['function-taken-away'] });
    const tools = [{ functionDeclarations: [{ name: 'end_call' }] }];
    harness.send({ contextUpdate: { tools: { tools } } });
    harness.say('cs-caller-opening-hours');
    harness.run(3000);
    const [call] = harness.messages.flatMap((message) => listAt(message, 'toolCall', 'functionCalls'));
    expect(stringAt(call, 'name')).toBe('order_status');
    const answer = { id: stringAt(call, 'id'), name: 'order_status', response: { ok: false } };
    harness.send({ toolResponse: { functionResponses: [answer] } });
    harness.run(6000);
    expect(harness.words('output')).toContain(text('cs-assistant-opening-hours'));
  },
  'model-mute': () => {
    const traps: TrapSet = createTrapSet(['model-mute']);
    for (const id of ['one', 'two']) {
      const harness = greetedHarness({ trapSet: traps, id });
      expect(harness.kinds()).not.toContain('audio');
    }
  },
  'model-hangs': () => {
    const traps: TrapSet = createTrapSet(['model-hangs']);
    for (const id of ['one', 'two']) {
      const harness = greetedHarness({ trapSet: traps, id });
      expect([harness.frames, harness.closed]).toEqual([[], undefined]);
    }
  },
  'model-away': () => {
    const traps: TrapSet = createTrapSet(['model-away']);
    for (const id of ['one', 'two']) expect(greetedHarness({ trapSet: traps, id }).closed?.code).toBe(1011);
  },
  'resumption-refused': () => expect(resumedWith('resumption-refused').closed?.code).toBe(1011),
  'resumption-expired': () => expect(resumedWith('resumption-expired').closed?.code).toBe(1007),
  'many-keys-one-message': () => {
    const harness = asked('many-keys-one-message');
    const both = harness.messages.filter(
      (message) =>
        stringAt(message, 'serverContent', 'outputTranscription', 'text') &&
        'modelTurn' in Object(message['serverContent']),
    );
    expect(both.length).toBeGreaterThan(0);
    expect(harness.messages.some((message) => 'usageMetadata' in message && 'sessionResumptionUpdate' in message)).toBe(
      true,
    );
    expect(harness.words('output')).toBe(text('cs-assistant-greeting') + text('cs-assistant-opening-hours'));
  },
  'unlisted-language-refused': () => {
    const harness = createSessionHarness({ traps: ['unlisted-language-refused'] });
    const generationConfig = { speechConfig: { languageCode: 'cs-CZ' } };
    harness.send({ setup: { ...setupMessage.setup, generationConfig } });
    expect(harness.closed?.code).toBe(1007);
  },
  'audio-outside-activity-refused': () => {
    const harness = createSessionHarness({ traps: ['audio-outside-activity-refused'] });
    const realtimeInputConfig = { automaticActivityDetection: { disabled: true } };
    harness.send({ setup: { ...setupMessage.setup, realtimeInputConfig } });
    harness.run(100);
    expect(harness.closed?.code).toBe(1007);
  },
};

function resumedWith(trap: ModelTrapName): SessionHarness {
  const harness = createSessionHarness({ traps: [trap] });
  harness.send({ setup: { ...setupMessage.setup, sessionResumption: { handle: 'any' } } });
  return harness;
}

test.each(Object.entries(proofs))('%s springs once and is written down', (name, prove) => {
  expect(isModelTrap(name)).toBe(true);
  prove();
});

test('every trap has its proof', () => {
  const proven = new Set([...Object.keys(proofs), 'handshake-403']);
  expect(modelTraps.map((trap) => trap.name).filter((name) => !proven.has(name))).toEqual([]);
});

test('after a trap the next session of the same key is sound', () => {
  const first = asked('close-1011');
  const second = greetedHarness({ trapSet: first.traps, id: 'session-2' });
  second.say('cs-caller-opening-hours');
  second.run(8000);
  expect(second.closed).toBeUndefined();
  expect(second.words('output')).toContain(text('cs-assistant-opening-hours'));
});
