import { expect, it } from 'vitest';
import { createCallerEar } from '../turn-taking/caller-ear.ts';
import type { FloorMove } from '../turn-taking/caller-floor.ts';
import { createCallerStream } from './caller-stream.ts';
import { recordedPhrase } from './recorded-phrases.ts';

const FRAME_MS = 20;
const view = { assistantSpeaks: false, mayInterrupt: true, endsSoon: false };
const speech = recordedPhrase('cs-CZ', 'apology')?.mulaw ?? new Uint8Array(0);
const frames = Array.from({ length: Math.floor(speech.length / 160) }, (_, n) =>
  speech.subarray(160 * n, 160 * (n + 1)),
);

/**
 * Says the phrase over a line that stands still for so long in the middle of a word, and delivers the rest at once; or
 * it is our own process that stands still, and reads the rest after its next tick.
 */
function sayOver(stallMs: number, whose: 'line' | 'process' = 'line') {
  const fromMs = 600;
  const moves: FloorMove['type'][] = [];
  let heardByModelMs = 0;
  const ear = createCallerEar({
    latencyProfile: 'fast',
    onMove: ({ type }) => void moves.push(type),
    toModel: (mulaw) => void (heardByModelMs += mulaw.length / 8),
  });
  const stream = createCallerStream((mulaw, endMs, atMs) => ear.hear(mulaw, endMs, atMs, view));
  const lastMs = frames.length * FRAME_MS + 1500;
  for (let atMs = 0; atMs < lastMs; atMs += FRAME_MS) {
    const isStill = atMs > fromMs && atMs < fromMs + stallMs;
    if (whose === 'process' && !isStill) stream.tick(atMs);
    const late = atMs - fromMs === stallMs ? stallMs / FRAME_MS - 1 : 0;
    for (let n = atMs / FRAME_MS - late; !isStill && n <= atMs / FRAME_MS; n++)
      stream.media(n * FRAME_MS, frames[n] ?? new Uint8Array(160).fill(0xff), atMs, atMs);
    if (whose === 'line') stream.tick(atMs);
  }
  return { moves, heardByModelMs };
}

it('hears a sentence whole where the line stands still for less than the end of a turn', () => {
  const { moves, heardByModelMs } = sayOver(240);
  expect(moves).toEqual(['take', 'give']);
  expect(heardByModelMs).toBeGreaterThanOrEqual(frames.length * FRAME_MS - 200);
});

it.each([440, 500, 700, 1500])('hears the rest of a sentence after the line stood still for %i ms', (stallMs) => {
  const { moves, heardByModelMs } = sayOver(stallMs);
  expect(moves).toEqual(['take', 'give', 'take', 'give']);
  expect(heardByModelMs).toBeGreaterThanOrEqual(frames.length * FRAME_MS - 200);
});

it.each([440, 1500])('hears a sentence whole, and nothing else, where the process stood still for %i ms', (stallMs) => {
  const { moves, heardByModelMs } = sayOver(stallMs, 'process');
  expect(moves).toEqual(['take', 'give']);
  expect(heardByModelMs).toBe(sayOver(FRAME_MS).heardByModelMs);
});
