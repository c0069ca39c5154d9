/** The caller's last moments, kept until it is known whether anybody is to hear them. */
export interface HeldAudio {
  /** Keeps a copy of a frame that ended at `endMs`; what ended before `needMs` may be forgotten. */
  keep(mulaw: Uint8Array, endMs: number, needMs: number): void;
  /**
   * Hands out what ended after `fromMs`, oldest first, and forgets everything. Each piece is valid until `take` returns,
   * and nothing may be kept meanwhile.
   */
  release(fromMs: number, take: (mulaw: Uint8Array) => void): void;
}

const MAX_MS = 10_000;
const FIRST_BYTES = 2 ** 13; // a second
const FIRST_FRAMES = 2 ** 6;

export function createHeldAudio(): HeldAudio {
  return new Rings();
}

/** Two rings that are written over and over: a copy of its own for each frame would be the collector's whole work. */
class Rings implements HeldAudio {
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Of each frame, when it ended, in milliseconds, and behind that the position behind its last byte. */
  #frames = new Float64Array(2 * FIRST_FRAMES);
  // Frames and bytes are counted since the beginning.
  #first = 0;
  #next = 0;
  #from = 0;
  #to = 0;

  keep(mulaw: Uint8Array, endMs: number, needMs: number): void {
    const fromMs = Math.max(needMs, endMs - MAX_MS);
    while (this.#first < this.#next && this.#endOfFirst() <= fromMs) this.#forgetFirst();
    this.#makeRoom(mulaw.length);
    const bytes = this.#bytes;
    const mask = bytes.length - 1;
    const to = this.#to;
    for (let n = 0; n < mulaw.length; n++) bytes[(to + n) & mask] = mulaw[n] ?? 0;
    this.#to = to + mulaw.length;
    const at = (2 * this.#next) & (this.#frames.length - 1);
    this.#frames[at] = endMs;
    this.#frames[at + 1] = this.#to;
    this.#next += 1;
  }

  release(fromMs: number, take: (mulaw: Uint8Array) => void): void {
    while (this.#first < this.#next) {
      const endMs = this.#endOfFirst();
      const start = this.#from;
      this.#forgetFirst();
      if (endMs > fromMs) take(pieceOf(this.#bytes, start, this.#from));
    }
  }

  #endOfFirst(): number {
    return this.#frames[(2 * this.#first) & (this.#frames.length - 1)] ?? 0;
  }

  #forgetFirst(): void {
    this.#from = this.#frames[((2 * this.#first) & (this.#frames.length - 1)) + 1] ?? this.#to;
    this.#first += 1;
  }

  #makeRoom(length: number): void {
    const [from, to] = [this.#from, this.#to];
    while (to + length - from > this.#bytes.length)
      this.#bytes = enlarged(this.#bytes, new Uint8Array(2 * this.#bytes.length), from, to);
    const frames = this.#frames;
    if (2 * (this.#next - this.#first) < frames.length) return;
    this.#frames = enlarged(frames, new Float64Array(2 * frames.length), 2 * this.#first, 2 * this.#next);
  }
}

/** The same elements at the same positions of a larger ring. */
function enlarged<Ring extends Uint8Array | Float64Array>(ring: Ring, larger: Ring, from: number, to: number): Ring {
  for (let at = from; at < to; at++) larger[at & (larger.length - 1)] = ring[at & (ring.length - 1)] ?? 0;
  return larger;
}

function pieceOf(ring: Uint8Array, from: number, to: number): Uint8Array {
  const start = from & (ring.length - 1);
  if (start + to - from <= ring.length) return ring.subarray(start, start + to - from);
  return Uint8Array.from({ length: to - from }, (_, n) => ring[(from + n) & (ring.length - 1)] ?? 0);
}
