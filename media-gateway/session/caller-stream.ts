import { createGapFiller } from '../audio/gap-filler.ts';
import { MULAW_SILENCE } from '../audio/mulaw.ts';
import { createStreamClock } from './stream-clock.ts';

/** The caller's frames as they come, made into one sound without gaps that is dated by its own timestamps. */
export interface CallerStream {
  /** The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array, atMs: number): void;
  /** A model that gets no audio ends no turn: while the carrier says nothing, silence goes on. */
  tick(atMs: number): void;
}

/** `hear` gets pieces whose last sample was spoken at `endMs` and which came at `atMs`. */
export type Hear = (mulaw: Uint8Array, endMs: number, atMs: number) => void;

const QUIET_CARRIER_MS = 250;
const silentPiece = new Uint8Array(160).fill(MULAW_SILENCE);

export function createCallerStream(hear: Hear, startedMs: number): CallerStream {
  const gaps = createGapFiller();
  const clock = createStreamClock();
  let lastFrameMs = startedMs;

  const hearSilence = (durationMs: number, endMs: number, atMs: number): void => {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= 20) {
      const piece = leftMs >= 20 ? silentPiece : silentPiece.subarray(0, leftMs * 8);
      hear(piece, endMs - Math.max(0, leftMs - 20), atMs);
    }
  };

  return {
    media(timestampMs, mulaw, atMs) {
      const durationMs = mulaw.length / 8;
      const { use, padMs } = gaps.accept(timestampMs, durationMs);
      if (!use) return;
      lastFrameMs = atMs;
      const endMs = clock.date(timestampMs + durationMs, atMs);
      hearSilence(padMs, endMs - durationMs, atMs);
      hear(mulaw, endMs, atMs);
    },
    tick(atMs) {
      if (atMs - lastFrameMs <= QUIET_CARRIER_MS) return;
      lastFrameMs += 20;
      if (atMs - lastFrameMs > 2 * QUIET_CARRIER_MS) lastFrameMs = atMs - QUIET_CARRIER_MS;
      gaps.fill(20);
      hearSilence(20, atMs, atMs);
    },
  };
}
