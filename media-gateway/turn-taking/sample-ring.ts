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
  return new Ring(2 ** Math.ceil(Math.log2(size)));
}

class Ring implements SampleRing {
  readonly #codes: Uint8Array;
  readonly #mask: number;
  #next = 0;

  constructor(length: number) {
    this.#codes = new Uint8Array(length).fill(MULAW_SILENCE);
    this.#mask = length - 1;
  }

  add(mulaw: Uint8Array): void {
    const codes = this.#codes;
    const mask = this.#mask;
    const next = this.#next;
    const { length } = mulaw;
    for (let n = Math.max(0, length - codes.length); n < length; n++) codes[(next + n) & mask] = mulaw[n] ?? 0;
    this.#next = (next + length) & mask;
  }

  ago(samples: number): number {
    return sampleOf(this.#codes[(this.#next - samples) & this.#mask] ?? 0);
  }

  copy(length: number, before: number): Int16Array {
    const copied = new Int16Array(length);
    for (let n = 0; n < length; n++) copied[n] = this.ago(before + length - n);
    return copied;
  }
}
