import { beforeAll, expect, test } from 'vitest';
import { stringAt } from '../realtime-model/json.ts';
import { bookFeatures } from '../speech/book-features.ts';
import { loadPhraseBook } from '../speech/phrase-book.ts';
import { openAiTraps, type OpenAiTrapName } from './openai-traps.ts';
import { createHarness, greeted } from './session-harness.ts';

// The book is read before the first test rather than in it.
beforeAll(() => void bookFeatures());

const proofs: Record<OpenAiTrapName, () => void> = {
  'openai-session-expired': () => {
    const harness = greeted(['openai-session-expired']);
    harness.say('cs-caller-hello');
    harness.run(4000);
    expect([harness.errors(), harness.closed()]).toEqual([['session_expired'], 1001]);
  },
  'openai-error-event': () => {
    const harness = greeted(['openai-error-event']);
    harness.say('cs-caller-hello');
    harness.run(4000);
    expect(harness.errors()).toEqual(['server_error']);
    expect(harness.spoken()).toContain('O jakou objednávku jde?');
  },
  'openai-response-incomplete': () => {
    const harness = greeted(['openai-response-incomplete']);
    harness.say('cs-caller-hello');
    harness.run(6000);
    const done = harness.sent.findLast((event) => stringAt(event, 'type') === 'response.done');
    expect(stringAt(done, 'response', 'status')).toBe('incomplete');
    expect(harness.types()).toContain('response.output_audio.delta');
  },
  'openai-late-deltas': () => {
    const harness = createHarness(['openai-late-deltas']);
    harness.tell('[The call is connected.]');
    harness.run(800);
    harness.say('cs-caller-hello', 0);
    const types = harness.types();
    expect(types.indexOf('response.done')).toBeLessThan(types.lastIndexOf('response.output_audio.delta'));
  },
  'openai-truncation-beyond-end': () => {
    const harness = greeted(['openai-truncation-beyond-end']);
    const added = harness.sent.find((event) => stringAt(event, 'type') === 'response.output_item.added');
    const truncation = { item_id: stringAt(added, 'item', 'id'), content_index: 0, audio_end_ms: 200 };
    harness.receive({ type: 'conversation.item.truncate', ...truncation });
    expect(harness.errors()).toEqual(['invalid_value']);
  },
  'openai-no-response': () => {
    const harness = greeted(['openai-no-response']);
    harness.say('cs-caller-hello');
    harness.run(8000);
    expect(harness.spoken()).not.toContain('Ráda pomohu.');
    harness.receive({ type: 'response.create' });
    harness.run(4000);
    expect(harness.spoken()).toContain('Ráda pomohu.');
  },
  'openai-transcription-failed': () => {
    const harness = greeted(['openai-transcription-failed']);
    harness.say('cs-caller-hello');
    harness.run(4000);
    expect(harness.types()).toContain('conversation.item.input_audio_transcription.failed');
    expect(harness.types()).not.toContain('conversation.item.input_audio_transcription.completed');
    expect(harness.spoken()).toContain('Ráda pomohu.');
  },
  'openai-transcription-out-of-order': () => {
    const harness = greeted(['openai-transcription-out-of-order']);
    harness.say('cs-caller-hello');
    harness.run(4000);
    harness.say('cs-caller-returns');
    harness.run(1000);
    const turns = ['cs-caller-returns', 'cs-caller-hello'].map((id) => loadPhraseBook().byId(id).text);
    const transcripts = harness.sent
      .filter((event) => stringAt(event, 'type')?.endsWith('input_audio_transcription.completed'))
      .map((event) => stringAt(event, 'transcript'));
    expect(transcripts).toEqual(turns);
  },
  'openai-response-failed': () => {
    const harness = greeted(['openai-response-failed']);
    harness.say('cs-caller-hello');
    harness.run(4000);
    expect(harness.sent.some((event) => stringAt(event, 'response', 'status') === 'failed')).toBe(true);
    harness.receive({ type: 'response.create' });
    harness.run(4000);
    expect(harness.spoken()).toContain('Ráda pomohu.');
  },
};

test.each(openAiTraps)('$name: $hears', ({ name }) => {
  expect.hasAssertions();
  proofs[name]();
});
