/** The caller's last moments, kept until it is known whether anybody is to hear them. */
export interface HeldAudio {
  /** Keeps a copy of a frame that ended at `endMs`; what ended before `needMs` may be forgotten. */
  keep(mulaw: Uint8Array, endMs: number, needMs: number): void;
  /** Hands out what ended after `fromMs`, oldest first, and forgets everything. */
  release(fromMs: number, take: (mulaw: Uint8Array) => void): void;
}

const MAX_MS = 10_000;

export function createHeldAudio(): HeldAudio {
  let kept: { mulaw: Uint8Array; endMs: number }[] = [];
  return {
    keep(mulaw, endMs, needMs) {
      kept.push({ mulaw: mulaw.slice(), endMs });
      const fromMs = Math.max(needMs, endMs - MAX_MS);
      for (let first = kept[0]; first && first.endMs <= fromMs; first = kept[0]) kept.shift();
    },
    release(fromMs, take) {
      const released = kept;
      kept = [];
      for (const { mulaw, endMs } of released) if (endMs > fromMs) take(mulaw);
    },
  };
}
