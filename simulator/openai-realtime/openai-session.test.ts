import { beforeAll, expect, test } from 'vitest';
import { recordAt, stringAt } from '../realtime-model/json.ts';
import { bookFeatures } from '../speech/book-features.ts';
import { loadPhraseBook } from '../speech/phrase-book.ts';
import { createHarness, greeted, settings } from './session-harness.ts';

// The book is read before the first test rather than in it.
beforeAll(() => void bookFeatures());

test('greets when asked to and answers what it hears', () => {
  const harness = greeted();
  expect(harness.spoken()).toBe('Dobrý den, tady virtuální asistentka. S čím vám mohu pomoci?');
  harness.say('cs-caller-hello');
  harness.run(4000);
  expect(harness.spoken()).toContain('Ráda pomohu.');
  expect(harness.types()).toContain('conversation.item.input_audio_transcription.completed');
  expect(harness.session.record.faults).toEqual([]);
});

test('says nothing about the output of a function until a response is asked for', () => {
  const harness = greeted();
  harness.say('cs-caller-order-status');
  harness.run(4000);
  const call = harness.sent.find((event) => stringAt(event, 'type') === 'response.function_call_arguments.done');
  const item = { type: 'function_call_output', call_id: stringAt(call, 'call_id'), output: '{"ok":true}' };
  harness.receive({ type: 'conversation.item.create', item });
  harness.run(4000);
  expect(harness.spoken()).not.toContain('Vaše objednávka');
  harness.receive({ type: 'response.create' });
  harness.run(4000);
  expect(harness.spoken()).toContain('Vaše objednávka');
});

test('stops when the caller speaks, and lets the answer be truncated within its length only', () => {
  const harness = createHarness();
  harness.tell('[The call is connected.]');
  harness.run(800);
  harness.say('cs-caller-hello', 0);
  const done = harness.sent.find((event) => stringAt(event, 'type') === 'response.done');
  expect(recordAt(done, 'response')).toMatchObject({
    status: 'cancelled',
    status_details: { reason: 'turn_detected' },
  });
  const added = harness.sent.find((event) => stringAt(event, 'type') === 'response.output_item.added');
  const truncation = { type: 'conversation.item.truncate', item_id: stringAt(added, 'item', 'id'), content_index: 0 };
  harness.receive({ ...truncation, audio_end_ms: 60_000 });
  expect(harness.errors()).toEqual(['invalid_value']);
  harness.receive({ ...truncation, audio_end_ms: 200 });
  expect(harness.types()).toContain('conversation.item.truncated');
});

test('answers what is wrong with an error event and goes on', () => {
  const harness = createHarness();
  harness.receive({ type: 'session.update', session: { type: 'realtime', voice: 'marin' } });
  harness.receive({ type: 'session.update', session: { ...settings, type: 'transcription' } });
  harness.receive({ type: 'response.audio.delta' });
  harness.receive({ type: 'response.cancel' });
  harness.receive({ type: 'input_audio_buffer.append', audio: 'no base64!' });
  harness.receive({ type: 'input_audio_buffer.clear' });
  harness.tell('[The call is connected.]');
  harness.receive({ type: 'response.create' });
  harness.receive({ type: 'response.cancel', response_id: 'another' });
  harness.receive({ type: 'conversation.item.truncate', item_id: 'item_1', content_index: 1, audio_end_ms: 0 });
  expect(harness.errors()).toEqual([
    'unknown_parameter',
    'invalid_value',
    'invalid_value',
    'response_cancel_not_active',
    'invalid_base64',
    'invalid_value',
    'conversation_already_has_active_response',
    'response_cancel_not_active',
    'invalid_value',
  ]);
  harness.run(6000);
  expect(harness.spoken()).not.toBe('');
});

test('takes other instructions and functions in the open session, and writes them down', () => {
  const harness = createHarness([], 'two-assistants');
  harness.tell('[The call is connected.]');
  harness.run(6000);
  const tools = [{ type: 'function', name: 'end_call' }];
  harness.receive({ type: 'session.update', session: { type: 'realtime', instructions: 'Technická podpora.', tools } });
  harness.tell('[Another assistant goes on.]');
  harness.run(6000);
  expect(harness.spoken()).toContain(loadPhraseBook().byId('cs-assistant-technical-greeting').text);
  harness.say('cs-caller-goodbye');
  harness.run(6000);
  expect(harness.session.record.toolCalls).toMatchObject([{ name: 'end_call' }]);
  expect(harness.session.record.contextUpdates).toMatchObject([
    { instruction: 'Technická podpora.', tools: ['end_call'] },
  ]);
  expect(harness.session.record.setup).toMatchObject({ instructions: settings.instructions });
  expect(harness.errors()).toEqual([]);
});

test('finds turns in the way that the last update asks for', () => {
  const harness = greeted();
  const turn_detection = { type: 'server_vad', silence_duration_ms: 1500 };
  harness.receive({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection } } } });
  harness.say('cs-caller-hello', 1200);
  expect(harness.types()).not.toContain('input_audio_buffer.speech_stopped');
  harness.receive({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { turn_detection: null } } },
  });
  expect(harness.types()).toContain('input_audio_buffer.speech_stopped');
});

test('keeps its voice from the first sound on, and its model always', () => {
  const other = (voice: string): object => ({ type: 'realtime', audio: { output: { voice } } });
  const harness = createHarness();
  harness.receive({ type: 'session.update', session: other('cedar') });
  harness.tell('[The call is connected.]');
  harness.run(800);
  harness.receive({ type: 'session.update', session: other('cedar') });
  expect(harness.errors()).toEqual([]);
  harness.receive({ type: 'session.update', session: other('marin') });
  harness.receive({ type: 'session.update', session: { type: 'realtime', model: 'gpt-realtime-mini' } });
  expect(harness.errors()).toEqual(['cannot_update_voice', 'invalid_value']);
});

test('leaves the finding of turns to the client that wants it, and forgets what that client does not want heard', () => {
  const harness = createHarness();
  harness.receive({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { turn_detection: null } } },
  });
  harness.say('cs-caller-hello');
  harness.receive({ type: 'input_audio_buffer.clear' });
  harness.receive({ type: 'input_audio_buffer.commit' });
  expect(harness.errors()).toEqual(['input_audio_buffer_commit_empty']);
  harness.say('cs-caller-hello');
  harness.receive({ type: 'input_audio_buffer.commit' });
  harness.receive({ type: 'response.create' });
  harness.run(4000);
  expect(harness.session.record.heard).toMatchObject([{ phraseIds: ['cs-caller-hello'] }]);
  expect(harness.spoken()).toContain('Ráda pomohu.');
});

test('takes no turn of less than a tenth of a second', () => {
  const harness = createHarness();
  harness.receive({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { turn_detection: null } } },
  });
  const errorsAfter = (ms: number): (string | undefined)[] => {
    const audio = Buffer.alloc(8 * ms, 0xff).toString('base64');
    harness.receive({ type: 'input_audio_buffer.append', audio });
    harness.receive({ type: 'input_audio_buffer.commit' });
    return harness.errors();
  };
  expect(errorsAfter(80)).toEqual(['input_audio_buffer_commit_empty']);
  expect(errorsAfter(40)).toHaveLength(1);
});

test('announces each item and part before what it holds, and ends it after', () => {
  const harness = greeted();
  const from = harness.types().length;
  harness.say('cs-caller-order-status');
  harness.run(4000);
  const types = harness.types().slice(from);
  const inOrder = [
    'input_audio_buffer.speech_started',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'response.created',
    'rate_limits.updated',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_audio.delta',
    'response.output_audio.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.done',
  ];
  const places = inOrder.map((type) => types.indexOf(type));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  for (const what of ['response.output_item', 'conversation.item']) {
    const [added, done] = ['added', 'done'].map((end) => types.filter((type) => type === `${what}.${end}`).length);
    expect(added).toBe(done);
  }
});

test('ends after an hour', () => {
  const harness = createHarness();
  harness.run(3_600_000);
  expect([harness.errors(), harness.closed()]).toEqual([['session_expired'], 1001]);
});
