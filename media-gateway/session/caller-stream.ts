import { TICK_MS } from '../ticker.ts';
import { createGapFiller } from '../audio/gap-filler.ts';
import { MULAW_SILENCE } from '../audio/mulaw.ts';
import { createCallerAhead } from './caller-ahead.ts';
import type { ForkedCaller } from './forked-caller.ts';
import { createStreamClock } from './stream-clock.ts';

/** The caller's frames as they come, made into one sound without gaps that is dated by its own timestamps. */
export interface CallerStream {
  /** `arrivedMs`: when the frame came, which may be before now, `atMs`. The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array, arrivedMs: number, atMs: number): void;
  /**
   * Every `TICK_MS`. A model that gets no audio ends no turn: while the carrier says nothing, silence goes on. For how long
   * it has said nothing is counted in ticks: a process that was late itself has not read yet what came meanwhile.
   */
  tick(atMs: number): void;
  close(): void;
}

/** `hear` gets pieces whose last sample was spoken at `endMs` and which came at `atMs`. */
export type Hear = (mulaw: Uint8Array, endMs: number, atMs: number) => void;

/** What was heard of the caller before his stream began, and since when nobody else has heard it. */
export interface HeardAhead {
  fork: ForkedCaller;
  fromMs: number;
}

const QUIET_CARRIER_MS = 250;
const silentPiece = new Uint8Array(8 * TICK_MS).fill(MULAW_SILENCE);

export function createCallerStream(hear: Hear, ahead?: HeardAhead): CallerStream {
  const gaps = createGapFiller();
  const clock = createStreamClock();
  let quietMs = 0;

  const hearSilence = (durationMs: number, endMs: number, atMs: number): void => {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= TICK_MS) {
      const piece = leftMs >= TICK_MS ? silentPiece : silentPiece.subarray(0, leftMs * 8);
      hear(piece, endMs - Math.max(0, leftMs - TICK_MS), atMs);
    }
  };
  let before = ahead && createCallerAhead(ahead, hear, hearSilence);

  return {
    media(timestampMs, mulaw, arrivedMs, atMs) {
      const durationMs = mulaw.length / 8;
      const { use, padMs } = gaps.accept(timestampMs, durationMs);
      if (!use) return;
      quietMs = 0;
      const endMs = clock.date(timestampMs + durationMs, arrivedMs);
      if (before?.takes(mulaw, timestampMs + durationMs, endMs, atMs)) return;
      before = undefined;
      hearSilence(padMs, endMs - durationMs, atMs);
      hear(mulaw, endMs, atMs);
    },
    tick(atMs) {
      quietMs += TICK_MS;
      if (before?.hear(atMs)) quietMs = 0;
      if (quietMs <= QUIET_CARRIER_MS) return;
      before?.join(atMs);
      before = undefined;
      gaps.fill(TICK_MS);
      hearSilence(TICK_MS, atMs, atMs);
    },
    close: () => before?.close(),
  };
}
