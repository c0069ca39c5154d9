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

/** Two rings that are written over and over: a copy of its own for each frame would be the collector's whole work. */
export function createHeldAudio(): HeldAudio {
  let bytes = new Uint8Array(FIRST_BYTES);
  let ends = new Float64Array(FIRST_FRAMES); // of each frame, in milliseconds
  let stops = new Float64Array(FIRST_FRAMES); // the position behind its last byte
  let first = 0; // frames and bytes are counted since the beginning
  let next = 0;
  let from = 0;
  let to = 0;

  const forgetFirst = (): void => {
    from = stops[first & (stops.length - 1)] ?? to;
    first += 1;
  };
  const makeRoom = (length: number): void => {
    while (to + length - from > bytes.length) bytes = enlarged(bytes, new Uint8Array(2 * bytes.length), from, to);
    if (next - first < ends.length) return;
    ends = enlarged(ends, new Float64Array(2 * ends.length), first, next);
    stops = enlarged(stops, new Float64Array(2 * stops.length), first, next);
  };

  return {
    keep(mulaw, endMs, needMs) {
      const fromMs = Math.max(needMs, endMs - MAX_MS);
      while (first < next && (ends[first & (ends.length - 1)] ?? 0) <= fromMs) forgetFirst();
      makeRoom(mulaw.length);
      const mask = bytes.length - 1;
      for (let n = 0; n < mulaw.length; n++) bytes[(to + n) & mask] = mulaw[n] ?? 0;
      to += mulaw.length;
      ends[next & (ends.length - 1)] = endMs;
      stops[next & (stops.length - 1)] = to;
      next += 1;
    },
    release(fromMs, take) {
      while (first < next) {
        const endMs = ends[first & (ends.length - 1)] ?? 0;
        const start = from;
        forgetFirst();
        if (endMs > fromMs) take(pieceOf(bytes, start, from));
      }
    },
  };
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
