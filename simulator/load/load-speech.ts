import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { encodeMulaw, FRAME_SAMPLES, SILENT_FRAME } from '../phone-network/mulaw.ts';

/**
 * What the callers and the model of the load say. Sounds are told apart by loudness alone: speech stays below
 * `SPEECH_PEAK`, a marker is far above it.
 */
const SPEECH_PEAK = 8000;
const MARKER_LEVEL = 28_000;
export const LOUD = 16_000;
/** Bits of a session's number, sent as 4 ms of plus or minus behind one start bit. */
const CODE_BITS = 12;
const BIT_MS = 4;
const MODEL_SAMPLES_PER_MS = 24;

/** Milliseconds of speech in each turn of a caller, the marker not counted, and of a whole turn of both. */
const SPEECH_FRAMES = 50;
export const CYCLE_FRAMES = 200;
/** The frame that ends the caller's speech. */
export const MARKER_FRAME = SPEECH_FRAMES;
export const PIECE_MS = 100;

/** Frames of one turn of the caller, in base64: a second of speech, one marker, silence. */
export function callerFrames(): readonly Buffer[] {
  const speech = quietSpeech('cs-caller-go-on', 8000);
  return Array.from({ length: CYCLE_FRAMES }, (_, n) => {
    const pcm =
      n < SPEECH_FRAMES
        ? speech.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES)
        : n === MARKER_FRAME
          ? marker()
          : undefined;
    const mulaw = pcm?.length === FRAME_SAMPLES ? encodeMulaw(pcm) : SILENT_FRAME;
    return Buffer.from(Buffer.from(mulaw).toString('base64'));
  });
}

/** The model's answer in pieces of `PIECE_MS`, 24 kHz PCM in base64. */
export function answerPieces(durationMs: number): readonly string[] {
  const speech = quietSpeech('cs-assistant-greeting', 24_000);
  const samples = PIECE_MS * MODEL_SAMPLES_PER_MS;
  return Array.from({ length: durationMs / PIECE_MS }, (_, n) => {
    const pcm = new Int16Array(samples);
    for (let i = 0; i < samples; i++) pcm[i] = speech[(n * samples + i) % speech.length] ?? 0;
    return inBase64(pcm);
  });
}

/** A first piece that tells the session's number to whoever hears it. */
export function codedPiece(index: number): string {
  const pcm = new Int16Array(PIECE_MS * MODEL_SAMPLES_PER_MS);
  const bit = BIT_MS * MODEL_SAMPLES_PER_MS;
  pcm.fill(MARKER_LEVEL, 0, bit);
  for (let n = 0; n < CODE_BITS; n++) {
    pcm.fill((index >> n) & 1 ? MARKER_LEVEL : -MARKER_LEVEL, (n + 1) * bit, (n + 2) * bit);
  }
  return inBase64(pcm);
}

/** The number in the first piece of a stream, as 8 kHz PCM; undefined where there is none. */
export function readCode(pcm: Int16Array): number | undefined {
  const start = pcm.findIndex((sample) => sample > LOUD);
  if (start === -1) return undefined;
  let index = 0;
  for (let n = 0; n < CODE_BITS; n++) if ((pcm[start + (n + 1) * BIT_MS * 8 + 14] ?? 0) > 0) index |= 1 << n;
  return index;
}

function quietSpeech(phraseId: string, rateHz: 8000 | 24_000): Int16Array {
  const pcm = phrasePcm(loadPhraseBook().byId(phraseId), rateHz);
  const voiced = pcm.findIndex((sample) => Math.abs(sample) > 1000);
  const speech = pcm.subarray(Math.max(0, voiced));
  const peak = speech.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 1);
  return speech.map((sample) => Math.round((sample * SPEECH_PEAK) / peak));
}

/** 500 Hz, square: what a resampler rounds off stays loud. */
function marker(): Int16Array {
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => (n % 16 < 8 ? MARKER_LEVEL : -MARKER_LEVEL));
}

function inBase64(pcm: Int16Array): string {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64');
}
