/** Dates a stream's media by its own timestamps on our clock: the least delayed message so far tells the offset. */
export interface StreamClock {
  /** When the audio behind `timestampMs` was spoken, on the clock of `arrivedMs`. */
  date(timestampMs: number, arrivedMs: number): number;
}

const FORGET_MS_PER_S = 1; // two clocks may drift by a thousandth: an old best is worth a little less each second

export function createStreamClock(): StreamClock {
  let offsetMs: number | undefined;
  let judgedAtMs = 0;
  return {
    date(timestampMs, arrivedMs) {
      const measuredMs = arrivedMs - timestampMs;
      const relaxedMs = ((arrivedMs - judgedAtMs) / 1000) * FORGET_MS_PER_S;
      // A timestamp that starts again would leave us far behind: then the new offset counts.
      const stale = offsetMs === undefined || measuredMs - offsetMs > 30_000;
      offsetMs = stale || offsetMs === undefined ? measuredMs : Math.min(measuredMs, offsetMs + relaxedMs);
      judgedAtMs = arrivedMs;
      return timestampMs + offsetMs;
    },
  };
}
