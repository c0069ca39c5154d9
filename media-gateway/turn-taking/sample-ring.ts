import { MULAW_SILENCE, sampleOf } from '../audio/mulaw.ts';

/** The last samples of a line, written over and over as they came: to move or expand them with each frame would cost more than judging it. */
export interface SampleRing {
  /** Takes µ-law. */
  add(mulaw: Uint8Array): void;
  /** The sample that came so many samples ago; 1 is the last one, `size` the oldest that is sure to be there. */
  ago(samples: number): number;
  /** A copy of `length` samples that end `before` samples before the last one's end. */
  copy(length: number, before: number): Int16Array;
}

/** Keeps at least `size` samples, silence before the first ones. */
export function createSampleRing(size: number): SampleRing {
  const ring = new Uint8Array(2 ** Math.ceil(Math.log2(size))).fill(MULAW_SILENCE);
  const mask = ring.length - 1;
  let next = 0;
  return {
    add(mulaw) {
      const { length } = mulaw;
      for (let n = Math.max(0, length - ring.length); n < length; n++) ring[(next + n) & mask] = mulaw[n] ?? 0;
      next = (next + length) & mask;
    },
    ago: (samples) => sampleOf(ring[(next - samples) & mask] ?? 0),
    copy(length, before) {
      const copied = new Int16Array(length);
      const from = next - before - length;
      for (let n = 0; n < length; n++) copied[n] = sampleOf(ring[(from + n) & mask] ?? 0);
      return copied;
    },
  };
}
