import { describe, expect, it } from 'vitest';
import { eventsOf, type ServerMessage } from './gemini-messages.ts';
import { readServerMessage } from './gemini-wire.ts';

const pcm = Buffer.from(Uint8Array.from({ length: 2400 }, (_, n) => (n * 7) & 0xff));
const data = pcm.toString('base64');
const mimeType = 'audio/pcm;rate=24000';
const spoken = (more: object = {}, ...parts: object[]): ServerMessage => ({
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType, data } }, ...parts] }, ...more },
});
const eventsIn = (text: string) => eventsOf(readServerMessage(Buffer.from(text)));

describe('a message of the vendor', () => {
  it.each([
    ['packed', JSON.stringify(spoken())],
    ['laid out', JSON.stringify(spoken(), null, 2)],
    [
      'with the data before its type',
      `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"${data}","mimeType":"${mimeType}"}}]}}}`,
    ],
  ])('gives its audio, %s', (_layout, text) => {
    expect(eventsIn(text)).toEqual([{ type: 'audio', audio: pcm }]);
  });

  it('gives what comes with the audio, in its order', () => {
    const text = JSON.stringify(
      spoken({ interrupted: true, outputTranscription: { text: 'Řekla "data": ano' }, turnComplete: true }),
    );
    expect(eventsIn(text).map(({ type }) => type)).toEqual([
      'interrupted',
      'audio',
      'assistantTranscript',
      'turnComplete',
    ]);
  });

  it('gives every piece of several', () => {
    const text = JSON.stringify(
      spoken({}, { inlineData: { mimeType, data: 'AQID' } }, { inlineData: { mimeType, data } }),
    );
    expect(eventsIn(text)).toEqual([
      { type: 'audio', audio: pcm },
      { type: 'audio', audio: Buffer.of(1, 2, 3) },
      { type: 'audio', audio: pcm },
    ]);
  });

  it('keeps a function call whose argument is called data as it is', () => {
    const message = { toolCall: { functionCalls: [{ id: 'f1', name: 'send', args: { data } }] } };
    expect(readServerMessage(Buffer.from(JSON.stringify(message)))).toEqual(message);
  });

  it('gives nothing of audio that is no base64 for a model to hear, and refuses what is no JSON', () => {
    const broken = JSON.stringify(spoken()).replace(data, `${data.slice(0, 800)}*${data.slice(801)}`);
    expect(() => readServerMessage(Buffer.from(broken))).not.toThrow();
    expect(() => readServerMessage(Buffer.from(JSON.stringify(spoken()).slice(0, -1)))).toThrow(SyntaxError);
    expect(() => readServerMessage(Buffer.from(`{"data":"${data}`))).toThrow(SyntaxError);
  });
});
