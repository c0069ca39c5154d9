import { TICK_MS } from '../ticker.ts';
import type { Hear, HeardAhead } from './caller-stream.ts';
import type { ForkedPiece } from './forked-caller.ts';

/** So much of a stream tells by its least delayed message when the rest of it was spoken. */
const SETTLED_MS = 300;
/** Of what the fork has brought: a second, in which the stream's beginning is found again. */
const REMEMBERED = 50;

/**
 * What a fork has of the caller, on its way to whoever hears his stream: each moment once, with silence where some is
 * missing. The fork goes on being heard until the stream's own dates are good; then the stream is, from where it goes on.
 * Their dates differ by what their ways differ; the same sound in both tells by how much.
 */
export function createCallerAhead(
  { fork, fromMs }: HeardAhead,
  hear: Hear,
  hearSilence: (durationMs: number, endMs: number, atMs: number) => void,
) {
  let heardMs = fromMs;
  let hasBegun = false;
  let recent: ForkedPiece[] = [];
  let waiting: { mulaw: Uint8Array; stampMs: number }[] = [];
  let waitingMs = 0;
  let offsetMs = 0;
  /** How much later the fork dates a sound. */
  let laterMs: number | undefined;

  const isHeard = (mulaw: Uint8Array, endMs: number): boolean => endMs - mulaw.length / 16 < heardMs;
  /** A piece is left out where the middle of it was heard; what is missing before it is silence, from half a piece on. */
  const hearNext = (mulaw: Uint8Array, endMs: number, atMs: number): void => {
    if (isHeard(mulaw, endMs)) return;
    const startMs = endMs - mulaw.length / 8;
    const missingMs = Math.round((startMs - heardMs) / TICK_MS) * TICK_MS;
    if (hasBegun && missingMs > 0) hearSilence(missingMs, startMs, atMs);
    hear(mulaw, endMs, atMs);
    heardMs = endMs;
    hasBegun = true;
  };
  const hearFork = (atMs: number): boolean => {
    const before = heardMs;
    const pieces = fork.read();
    for (const { mulaw, endMs } of pieces) hearNext(mulaw, endMs, atMs);
    recent = [...recent, ...pieces].slice(-REMEMBERED);
    return heardMs > before;
  };
  const findLaterMs = (): number => {
    for (const { mulaw, stampMs } of waiting.toReversed()) {
      const same = recent.filter((piece) => isSameSound(piece.mulaw, mulaw));
      if (same.length === 1 && same[0]) return same[0].endMs - stampMs - offsetMs;
    }
    return 0;
  };
  const join = (atMs: number): void => {
    const found = findLaterMs();
    laterMs = found;
    for (const { mulaw, stampMs } of waiting) hearNext(mulaw, stampMs + offsetMs + found, atMs);
    waiting = [];
    recent = [];
    fork.close();
  };

  return {
    /** All that has come of the fork; whether that was anything. */
    hear: hearFork,
    /**
     * Takes a frame of the stream, which ended at `stampMs` by its own count and at `endMs` by ours; false for the first
     * one that the stream itself is to be heard with.
     */
    takes(mulaw: Uint8Array, stampMs: number, endMs: number, atMs: number): boolean {
      if (laterMs !== undefined) return isHeard(mulaw, endMs + laterMs);
      hearFork(atMs);
      waiting.push({ mulaw: mulaw.slice(), stampMs });
      waitingMs += mulaw.length / 8;
      offsetMs = endMs - stampMs;
      if (waitingMs >= SETTLED_MS || fork.isOver()) join(atMs);
      return true;
    },
    /** Nothing comes any more. */
    join,
    close: () => fork.close(),
  };
}

/** Whether it is the same piece of sound; of perfect silence nobody can tell. */
function isSameSound(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0 && one.some((byte) => byte !== one[0]);
}
