/**
 * Keeps the caller's audio on the carrier's clock: says for each media frame how much silence belongs before it, and
 * which frames to leave out.
 *
 * Invariants:
 * G1 Frames arrive in order of their timestamps or not at all: one that is already covered (a duplicate, or one that was
 *    overtaken and padded for) is dropped and never reordered, since waiting for it would delay every frame.
 * G2 Jitter of a timestamp under three quarters of a frame moves nothing; the expected time follows it slowly, so that
 *    two clocks a little apart never add up to a hole.
 * G3 Silence given meanwhile by `fill`, when nothing arrived, is not given again when the frames' timestamps show the gap.
 */
export interface GapFiller {
  /** Judges a frame: `padMs` of silence go before it, unless it is to be dropped. */
  accept(timestampMs: number, durationMs: number): FrameVerdict;
  /** Notes silence that was given to the listener because no frame came. */
  fill(durationMs: number): void;
}

export interface FrameVerdict {
  readonly use: boolean;
  readonly padMs: number;
}

/** More missing audio than this is cut short: the rest of the gap is not filled. */
export const MAX_GAP_MS = 10_000;

const JITTER_OF_FRAME = 0.75;
const RESTART_MS = 1000;
const FOLLOW = 1 / 32;
const DROP: FrameVerdict = { use: false, padMs: 0 };
const PLAIN: FrameVerdict = { use: true, padMs: 0 };

/** One for each stream; its clock starts with the first frame, whose timestamp is seldom zero. */
export function createGapFiller(): GapFiller {
  return new CarrierTime();
}

class CarrierTime implements GapFiller {
  #hasBegun = false;
  #expectedMs = 0;
  #filledMs = 0;

  accept(timestampMs: number, durationMs: number): FrameVerdict {
    const aheadMs = this.#hasBegun ? timestampMs - this.#expectedMs : 0;
    if (aheadMs <= -RESTART_MS || !this.#hasBegun) {
      this.#hasBegun = true;
      this.#expectedMs = timestampMs + durationMs;
      return PLAIN;
    }
    const jitterMs = JITTER_OF_FRAME * durationMs;
    if (aheadMs <= -jitterMs) return DROP;
    if (aheadMs < jitterMs) {
      this.#expectedMs += durationMs + aheadMs * FOLLOW;
      this.#filledMs = 0;
      return PLAIN;
    }
    const missingMs = Math.min(Math.round(aheadMs / durationMs) * durationMs, MAX_GAP_MS);
    const padMs = Math.max(0, missingMs - this.#filledMs);
    this.#expectedMs = timestampMs + durationMs;
    this.#filledMs = 0;
    return { use: true, padMs };
  }

  fill(durationMs: number): void {
    this.#filledMs += durationMs;
  }
}
