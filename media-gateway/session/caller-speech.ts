/**
 * When the caller speaks, by loudness alone: enough to date turns and to measure how soon they are answered. The noise
 * of the line is followed; speech stands out of it.
 */
import { decodeMulaw } from '../audio/mulaw.ts';

export interface CallerSpeech {
  /** Judges one frame of µ-law that ended at `endMs`; says what it decided, if anything. */
  hear(mulaw: Uint8Array, endMs: number): SpeechEvent | undefined;
  /** Whether speech has begun and not ended. */
  isSpeaking(): boolean;
}

export type SpeechEvent =
  /** Speech began at `atMs`, which lies a little before now. */
  | { type: 'speechStarted'; atMs: number }
  /** The last sound of the speech was at `atMs`, `HANGOVER_MS` before now. */
  | { type: 'speechEnded'; atMs: number };

export const HANGOVER_MS = 300;

const ONSET_MS = 60;
const QUIETEST_SPEECH = 160; // mean magnitude, about -46 dB
const ABOVE_NOISE = 3;
const WINDOW_MS = 1000; // speech dips into the noise within one to two of these, whatever the speaker
const samples = new Int16Array(8000);

export function createCallerSpeech(): CallerSpeech {
  let lowest = Infinity; // level of this window, and of the one before
  let lowestBefore = QUIETEST_SPEECH / ABOVE_NOISE;
  let windowEndMs = -Infinity;
  let speaking = false;
  let voicedMs = 0;
  let beganMs = 0;
  let lastVoicedMs = 0;

  return {
    hear(mulaw, endMs) {
      const durationMs = mulaw.length / 8;
      const level = meanMagnitude(mulaw);
      if (endMs >= windowEndMs) {
        if (windowEndMs > -Infinity) lowestBefore = lowest;
        lowest = Infinity;
        windowEndMs = endMs + WINDOW_MS;
      }
      lowest = Math.min(lowest, level);
      const voiced = level > Math.max(QUIETEST_SPEECH, Math.min(lowest, lowestBefore) * ABOVE_NOISE);
      if (voiced) {
        if (voicedMs === 0) beganMs = endMs - durationMs;
        voicedMs += durationMs;
        lastVoicedMs = endMs;
        if (speaking || voicedMs < ONSET_MS) return undefined;
        speaking = true;
        return { type: 'speechStarted', atMs: beganMs };
      }
      if (!speaking) {
        // A click is forgotten at once, the pause of a plosive is not.
        if (endMs - lastVoicedMs > ONSET_MS) voicedMs = 0;
        return undefined;
      }
      if (endMs - lastVoicedMs < HANGOVER_MS) return undefined;
      speaking = false;
      voicedMs = 0;
      return { type: 'speechEnded', atMs: lastVoicedMs };
    },
    isSpeaking: () => speaking,
  };
}

function meanMagnitude(mulaw: Uint8Array): number {
  if (mulaw.length === 0) return 0;
  let sum = 0;
  for (const sample of decodeMulaw(mulaw, samples)) sum += Math.abs(sample);
  return sum / mulaw.length;
}
