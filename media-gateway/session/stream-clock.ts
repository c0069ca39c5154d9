/** Dates a stream's media by its own timestamps on our clock: the least delayed message so far tells the offset. */
export interface StreamClock {
  /** When the audio behind `timestampMs` was spoken, on the clock of `arrivedMs`. */
  date(timestampMs: number, arrivedMs: number): number;
}

const FORGET_MS_PER_S = 1; // two clocks may drift by a thousandth: an old best is worth a little less each second

export function createStreamClock(): StreamClock {
  // In one object, whose numbers are changed in place: each that a closure captures is made anew whenever it changes.
  const best = { isKnown: false, offsetMs: 0, judgedAtMs: 0 };
  return {
    date(timestampMs, arrivedMs) {
      const measuredMs = arrivedMs - timestampMs;
      const relaxedMs = ((arrivedMs - best.judgedAtMs) / 1000) * FORGET_MS_PER_S;
      // A timestamp that starts again would leave us far behind: then the new offset counts.
      const isStale = !best.isKnown || measuredMs - best.offsetMs > 30_000;
      best.offsetMs = isStale ? measuredMs : Math.min(measuredMs, best.offsetMs + relaxedMs);
      best.isKnown = true;
      best.judgedAtMs = arrivedMs;
      return timestampMs + best.offsetMs;
    },
  };
}
