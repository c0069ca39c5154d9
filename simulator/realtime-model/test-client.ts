import { EventEmitter, once } from 'node:events';

import { GoogleGenAI, Modality, type LiveConnectConfig, type LiveServerMessage, type Session } from '@google/genai';

import { distortions } from '../speech/distortions.ts';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { resample } from '../speech/resample.ts';

/** The vendor's own client with an inbox; audio goes out every 20 ms on a clock of `speed`, silence between phrases. */
export interface TestClient {
  readonly session: Session;
  readonly messages: readonly LiveServerMessage[];
  /** Speaks the phrase as a telephone would carry it. */
  say(phraseId: string): void;
  /** The first message from `after` on that fits; waits for it. */
  next(fits: (message: LiveServerMessage) => boolean, after?: number): Promise<LiveServerMessage>;
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

const liveModel = 'gemini-3.8-live';

/** How much faster than life the tests run. */
export const testSpeed = 6;
const frameLength = 320 * testSpeed;

export async function connectClient(
  url: string,
  key: string,
  config: LiveConnectConfig = {},
  model: string = liveModel,
): Promise<TestClient> {
  const ai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, apiVersion: 'v1beta' } });
  const messages: LiveServerMessage[] = [];
  const inbox = new EventEmitter();
  let onClosed: (end: { code: number; reason: string }) => void = () => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) => (onClosed = resolve));
  const session = await ai.live.connect({
    model,
    config: {
      responseModalities: [Modality.AUDIO],
      inputAudioTranscription: {},
      outputAudioTranscription: {},
      realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: 500 } },
      ...config,
    },
    callbacks: {
      onmessage: (message) => {
        messages.push(message);
        inbox.emit('message');
      },
      onclose: (event) => onClosed({ code: event.code, reason: event.reason }),
      onerror: () => {},
    },
  });
  const queue: Int16Array[] = [];
  const silence = new Int16Array(frameLength);
  let position = 0;
  const timer = setInterval(() => {
    const speech = queue[0];
    const frame = speech?.subarray(position, position + frameLength) ?? silence;
    position += frameLength;
    if (speech && position >= speech.length) {
      queue.shift();
      position = 0;
    }
    sendAudio(session, frame);
  }, 20);
  return {
    session,
    messages,
    closed,
    say(phraseId) {
      const pcm = distortions.mulaw(phrasePcm(loadPhraseBook().byId(phraseId), 8000));
      if (queue.length === 0) position = 0;
      queue.push(resample(pcm, 8000, 16000));
    },
    async next(fits, after = 0) {
      let at = after;
      for (;;) {
        for (; at < messages.length; at++) {
          const message = messages[at];
          if (message && fits(message)) return message;
        }
        await once(inbox, 'message', { signal: AbortSignal.timeout(15_000) });
      }
    },
    close() {
      clearInterval(timer);
      session.close();
    },
  };
}

function sendAudio(session: Session, pcm: Int16Array): void {
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  session.sendRealtimeInput({ audio: { data: bytes.toString('base64'), mimeType: 'audio/pcm;rate=16000' } });
}

/** What the client wrote down of either side. */
export function transcript(messages: readonly LiveServerMessage[], side: 'input' | 'output'): string {
  const key = side === 'input' ? 'inputTranscription' : 'outputTranscription';
  return messages.map((message) => message.serverContent?.[key]?.text ?? '').join('');
}

export const greetMe = { turns: [{ role: 'user', parts: [{ text: '(call connected, greet)' }] }], turnComplete: true };
