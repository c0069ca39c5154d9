/** A session of the simulated model, whose time passes when the test says so. */
import { encodeMulaw } from '../phone-network/mulaw.ts';
import { isRecord, parseJson, stringAt, type JsonRecord } from '../realtime-model/json.ts';
import { createTrapSet } from '../realtime-model/model-traps.ts';
import { newSessionRecord } from '../realtime-model/session-record.ts';
import { loadScenario } from '../scenarios/load-scenario.ts';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { createOpenAiSession } from './openai-session.ts';
import type { OpenAiTrapName } from './openai-traps.ts';

export const settings = {
  type: 'realtime',
  instructions: 'Mluv česky.',
  audio: {
    input: {
      format: { type: 'audio/pcmu' },
      transcription: { model: 'gpt-4o-mini-transcribe', language: 'cs' },
      turn_detection: { type: 'server_vad', silence_duration_ms: 400 },
    },
    output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
  },
  tools: [{ type: 'function', name: 'order_status', parameters: { type: 'object' } }],
};

/** One whose client has said its settings. */
export function createHarness(traps: readonly OpenAiTrapName[] = [], scenario = 'openai-talk') {
  const sent: JsonRecord[] = [];
  let closed: number | undefined;
  let now = 1000;
  let ids = 0;
  const session = createOpenAiSession({
    record: newSessionRecord({
      id: 'sess',
      key: 'k',
      scenario,
      apiVersion: 'v1',
      openedAtMs: now,
    }),
    model: 'gpt-realtime-2.1',
    scenario: loadScenario(scenario),
    traps: createTrapSet(traps),
    wire: {
      send: (text) => {
        const event = parseJson(text);
        if (isRecord(event)) sent.push(event);
      },
      close: (code) => (closed = code),
    },
    random: () => 0.5,
    newId: (kind) => `${kind}_${++ids}`,
    onViolation: () => {},
  });
  const receive = (event: object): void => session.receive(JSON.stringify(event), now);
  const run = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 20) {
      now += 20;
      session.tick(now);
    }
  };
  const hear = (mulaw: Uint8Array): void => {
    for (let at = 0; at < mulaw.length; at += 160) {
      receive({
        type: 'input_audio_buffer.append',
        audio: Buffer.from(mulaw.subarray(at, at + 160)).toString('base64'),
      });
      run(20);
    }
  };
  const say = (phraseId: string, silenceMs = 600): void => {
    hear(encodeMulaw(phrasePcm(loadPhraseBook().byId(phraseId), 8000)));
    hear(new Uint8Array(silenceMs * 8).fill(0xff));
  };
  const tell = (text: string): void => {
    const content = [{ type: 'input_text', text }];
    receive({ type: 'conversation.item.create', item: { type: 'message', role: 'system', content } });
    receive({ type: 'response.create' });
  };
  const types = (): (string | undefined)[] => sent.map((event) => stringAt(event, 'type'));
  const errors = (): (string | undefined)[] => sent.map((event) => stringAt(event, 'error', 'code')).filter(Boolean);
  const spoken = (): string =>
    sent.map((event) => (stringAt(event, 'type') === wordsType ? stringAt(event, 'delta') : '')).join('');
  run(20);
  receive({ type: 'session.update', session: settings });
  return { session, sent, receive, run, say, tell, types, errors, spoken, closed: () => closed };
}

const wordsType = 'response.output_audio_transcript.delta';

/** Greeted, so that traps which leave the first answer alone may spring. */
export function greeted(traps: readonly OpenAiTrapName[] = []) {
  const harness = createHarness(traps);
  harness.tell('[The call is connected.]');
  harness.run(6000);
  return harness;
}
