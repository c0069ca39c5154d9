import { expect, it } from 'vitest';
import { createLineSound } from './line-sound.ts';
import { encodeMulaw, mulawSilence, rmsOfMulaw, SILENT_FRAME } from './mulaw.ts';

const tone = encodeMulaw(Int16Array.from({ length: 160 }, (_, n) => Math.round(10_000 * Math.sin(n / 2))));

it('lays noise of the level that is asked for under silence and speech', () => {
  const sound = createLineSound({ noise: 'street', snrDb: 10 });
  const frames = Array.from({ length: 1000 }, () => sound(SILENT_FRAME, SILENT_FRAME));
  const rms = Math.sqrt(frames.reduce((sum, frame) => sum + rmsOfMulaw(frame) ** 2, 0) / frames.length);
  expect(20 * Math.log10(rms / 3300)).toBeCloseTo(-10, 0);
  expect(rmsOfMulaw(sound(tone, SILENT_FRAME))).toBeGreaterThan(6000);
});

it('brings back what was heard, later and weaker', () => {
  const sound = createLineSound({ echoDb: -30 });
  const said = Array.from({ length: 10 }, (_, n) => sound(SILENT_FRAME, n === 0 ? tone : SILENT_FRAME));
  const levels = said.map(rmsOfMulaw);
  expect(levels.indexOf(Math.max(...levels))).toBe(6);
  expect(20 * Math.log10((levels[6] ?? 0) / rmsOfMulaw(tone))).toBeCloseTo(-30, 0);
  expect(said[9]).toEqual(mulawSilence(160));
});
