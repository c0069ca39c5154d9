import { createStreamClock } from './stream-clock.ts';

/** A caller who is heard beside his call's own stream, before that begins. */
export interface ForkedCaller {
  /** What came since it was read last, oldest first. */
  read(): readonly ForkedPiece[];
  /** Nothing more comes. */
  isOver(): boolean;
  /** It is needed no more. */
  close(): void;
}

export interface ForkedPiece {
  readonly mulaw: Uint8Array;
  /** When its last sample was spoken, on our own clock. */
  readonly endMs: number;
}

const KEPT_MS = 10_000;

/** Keeps the end of what a fork brings. All of it is dated when it is read, by the least delayed message so far. */
export function createForkedAudio() {
  const clock = createStreamClock();
  let kept: { timestampMs: number; mulaw: Uint8Array }[] = [];
  let keptMs = 0;
  let offsetMs = 0;

  return {
    /** The audio is copied. */
    add(timestampMs: number, mulaw: Uint8Array, arrivedMs: number): void {
      const durationMs = mulaw.length / 8;
      offsetMs = clock.date(timestampMs + durationMs, arrivedMs) - timestampMs - durationMs;
      kept.push({ timestampMs, mulaw: mulaw.slice() });
      keptMs += durationMs;
      while (keptMs > KEPT_MS) keptMs -= (kept.shift()?.mulaw.length ?? 0) / 8;
    },
    read(): readonly ForkedPiece[] {
      const pieces = kept.map(({ timestampMs, mulaw }) => ({
        mulaw,
        endMs: timestampMs + mulaw.length / 8 + offsetMs,
      }));
      kept = [];
      keptMs = 0;
      return pieces;
    },
  };
}
