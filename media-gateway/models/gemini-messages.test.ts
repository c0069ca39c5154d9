import { describe, expect, it } from 'vitest';
import { eventsOf, usageOf } from './gemini-messages.ts';

describe('events of a message', () => {
  it('come in the order in which they take effect', () => {
    const data = Buffer.of(1, 2).toString('base64');
    const events = eventsOf({
      serverContent: {
        inputTranscription: { text: 'Haló' },
        interrupted: true,
        modelTurn: {
          parts: [
            {},
            { inlineData: { mimeType: 'image/png', data } },
            { inlineData: { mimeType: 'audio/pcm;rate=24000', data } },
          ],
        },
        outputTranscription: { text: 'Ano' },
        generationComplete: true,
        turnComplete: true,
      },
      toolCallCancellation: { ids: ['f1'] },
      sessionResumptionUpdate: { newHandle: '', resumable: true },
      goAway: { timeLeft: '1.5s' },
    });
    expect(events).toEqual([
      { type: 'callerTranscript', text: 'Haló' },
      { type: 'interrupted' },
      { type: 'audio', audio: Buffer.of(1, 2) },
      { type: 'assistantTranscript', text: 'Ano' },
      { type: 'generationComplete' },
      { type: 'turnComplete' },
      { type: 'toolCallCancelled', ids: ['f1'] },
      { type: 'resumption', handle: '', resumable: false },
      { type: 'goAway', timeLeftMs: 1500 },
    ]);
  });

  it('are none where nothing is said', () => {
    expect(eventsOf({ setupComplete: {} })).toEqual([]);
    expect(eventsOf({ serverContent: { inputTranscription: { text: '' } } })).toEqual([]);
  });

  it.each([
    ['MALFORMED_FUNCTION_CALL', ['interrupted', 'turnComplete']],
    ['GENERATED_AUDIO_SAFETY', ['interrupted', 'turnComplete']],
    ['NEED_MORE_INPUT', ['turnComplete']],
    [undefined, ['turnComplete']],
  ])('say that the model broke off where its turn ends with %s', (turnCompleteReason, types) => {
    const reason = turnCompleteReason === undefined ? {} : { turnCompleteReason };
    expect(eventsOf({ serverContent: { turnComplete: true, ...reason } }).map(({ type }) => type)).toEqual(types);
  });

  it('leave no time where the vendor names none that can be read', () => {
    expect(eventsOf({ goAway: {} })).toEqual([{ type: 'goAway', timeLeftMs: 0 }]);
    expect(eventsOf({ goAway: { timeLeft: 'soon' } })).toEqual([{ type: 'goAway', timeLeftMs: 0 }]);
  });
});

describe('usage', () => {
  it('counts as text what the details do not account for', () => {
    const metadata = {
      promptTokenCount: 1200,
      responseTokenCount: 330,
      thoughtsTokenCount: 7,
      cachedContentTokenCount: 3,
      toolUsePromptTokenCount: 5,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 1000 },
      ],
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 310 }],
    };
    expect(usageOf(metadata)).toEqual({
      textIn: 205,
      audioIn: 1000,
      textOut: 20,
      audioOut: 310,
      thoughts: 7,
      cached: 3,
    });
    expect(usageOf({})).toEqual({ textIn: 0, audioIn: 0, textOut: 0, audioOut: 0, thoughts: 0, cached: 0 });
  });
});
