/** Dates a stream's media by its own timestamps on our clock: the least delayed message so far tells the offset. */
export interface StreamClock {
  /** When the audio behind `timestampMs` was spoken, on the clock of `arrivedMs`. */
  date(timestampMs: number, arrivedMs: number): number;
}

const FORGET_MS_PER_S = 1; // two clocks may drift by a thousandth: an old best is worth a little less each second

export function createStreamClock(): StreamClock {
  return new LeastDelay();
}

class LeastDelay implements StreamClock {
  #isKnown = false;
  #offsetMs = 0;
  #judgedAtMs = 0;

  date(timestampMs: number, arrivedMs: number): number {
    const measuredMs = arrivedMs - timestampMs;
    const relaxedMs = ((arrivedMs - this.#judgedAtMs) / 1000) * FORGET_MS_PER_S;
    // A timestamp that starts again would leave us far behind: then the new offset counts.
    const isStale = !this.#isKnown || measuredMs - this.#offsetMs > 30_000;
    this.#offsetMs = isStale ? measuredMs : Math.min(measuredMs, this.#offsetMs + relaxedMs);
    this.#isKnown = true;
    this.#judgedAtMs = arrivedMs;
    return timestampMs + this.#offsetMs;
  }
}
