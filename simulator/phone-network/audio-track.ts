import { decodeMulaw, FRAME_MS, FRAME_SAMPLES, MULAW_SILENCE, SAMPLES_PER_MS } from './mulaw.ts';

/** One stretch of sound on a call's timeline; `mulaw` holds its samples at 8 kHz, exactly as they were played. */
export interface AudioSegment {
  startMs: number;
  endMs: number;
  mulaw: Uint8Array;
}

interface GrowingSegment {
  startMs: number;
  bytes: Uint8Array;
  length: number;
}

const FIRST_CAPACITY = 8000;

/** What one party said or heard, sample for sample; frames of digital silence are kept as gaps and cost nothing. */
export class AudioTrack {
  readonly #segments: GrowingSegment[] = [];

  /** Adds one frame of 20 ms that starts at `atMs`; frames come in order. */
  append(atMs: number, frame: Uint8Array): void {
    if (isDigitalSilence(frame)) return;
    const last = this.#segments.at(-1);
    if (last && endOf(last) === atMs) return push(last, frame);
    const segment = { startMs: atMs, bytes: new Uint8Array(FIRST_CAPACITY), length: 0 };
    push(segment, frame);
    this.#segments.push(segment);
  }

  /** The stretches of sound in order. */
  segments(): AudioSegment[] {
    return this.#segments.map((segment) => ({
      startMs: segment.startMs,
      endMs: endOf(segment),
      mulaw: segment.bytes.subarray(0, segment.length),
    }));
  }

  /** The track as PCM from the timeline's zero (or `fromMs`) to `untilMs`, gaps as silence. */
  toPcm(untilMs: number, fromMs = 0): Int16Array {
    const pcm = new Int16Array(Math.max(0, Math.round((untilMs - fromMs) * SAMPLES_PER_MS)));
    for (const segment of this.segments()) {
      const offset = Math.round((segment.startMs - fromMs) * SAMPLES_PER_MS);
      if (offset >= pcm.length) break;
      const skip = Math.max(0, -offset);
      if (skip >= segment.mulaw.length) continue;
      const room = pcm.length - Math.max(0, offset);
      pcm.set(decodeMulaw(segment.mulaw.subarray(skip, skip + room)), Math.max(0, offset));
    }
    return pcm;
  }
}

function push(segment: GrowingSegment, frame: Uint8Array): void {
  if (segment.length + frame.length > segment.bytes.length) {
    const grown = new Uint8Array(segment.bytes.length * 2);
    grown.set(segment.bytes);
    segment.bytes = grown;
  }
  segment.bytes.set(frame, segment.length);
  segment.length += frame.length;
}

function endOf(segment: GrowingSegment): number {
  return segment.startMs + (segment.length / FRAME_SAMPLES) * FRAME_MS;
}

function isDigitalSilence(frame: Uint8Array): boolean {
  for (const code of frame) if (code !== MULAW_SILENCE && code !== 0x7f) return false;
  return true;
}
