import { TICK_MS } from '../ticker.ts';
import type { Hear, HeardAhead } from './caller-stream.ts';

/** What a fork has of the caller, on its way to who hears his stream: each moment once, with silence where some is missing. */
export function createCallerAhead(
  { fork, fromMs }: HeardAhead,
  hear: Hear,
  hearSilence: (durationMs: number, endMs: number, atMs: number) => void,
) {
  let heardMs = fromMs;
  let hasBegun = false;

  /** What is missing up to then, unless it is less than half of a piece. */
  const pad = (untilMs: number, atMs: number): void => {
    const missingMs = Math.round((untilMs - heardMs) / TICK_MS) * TICK_MS;
    if (hasBegun && missingMs > 0) hearSilence(missingMs, untilMs, atMs);
  };
  /** Whether there was anything to be heard. A piece is of the side on which its middle is. */
  const hearUntil = (untilMs: number, atMs: number): boolean => {
    let isAny = false;
    for (const { mulaw, endMs } of fork.read()) {
      const durationMs = mulaw.length / 8;
      const middleMs = endMs - durationMs / 2;
      if (middleMs < heardMs || middleMs >= untilMs) continue;
      pad(endMs - durationMs, atMs);
      hear(mulaw, endMs, atMs);
      heardMs = endMs;
      hasBegun = isAny = true;
    }
    return isAny;
  };

  return {
    /** All that has come. */
    hear: (atMs: number): boolean => hearUntil(Infinity, atMs),
    /** What lies before the stream, whose first sample was spoken at `untilMs`. */
    hearUntil(untilMs: number, atMs: number): void {
      hearUntil(untilMs, atMs);
      pad(untilMs, atMs);
    },
    close: () => fork.close(),
  };
}
