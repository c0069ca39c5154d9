import { describe, expect, it } from 'vitest';
import { createGapFiller, MAX_GAP_MS, type GapFiller } from './gap-filler.ts';

describe('gap filler', () => {
  it('leaves frames alone whose timestamps jitter or drift', () => {
    const filler = createGapFiller();
    const jitter = [0, -4, 6, 3, -7, 9, 0];
    for (let i = 0; i < 100_000; i++) {
      const drifted = i * 20.002; // 100 ppm: 200 ms in all
      expect(filler.accept(155 + Math.round(drifted) + (jitter[i % 7] ?? 0), 20)).toEqual({ use: true, padMs: 0 });
    }
  });

  it.each([1, 2, 7, 100])('pads exactly the %i frames that are missing', (missing) => {
    const filler = started();
    expect(filler.accept(200 + missing * 20 + 3, 20)).toEqual({ use: true, padMs: missing * 20 });
    expect(filler.accept(220 + missing * 20, 20)).toEqual({ use: true, padMs: 0 });
  });

  it('cuts a longer gap short', () => {
    expect(started().accept(200 + 3_600_000, 20)).toEqual({ use: true, padMs: MAX_GAP_MS });
  });

  it('drops a frame that came twice', () => {
    const filler = started();
    filler.accept(200, 20);
    expect(filler.accept(200, 20).use).toBe(false);
    expect(filler.accept(220, 20)).toEqual({ use: true, padMs: 0 });
  });

  it('drops a frame that comes after its silence', () => {
    const filler = started();
    expect(filler.accept(220, 20).padMs).toBe(20);
    expect(filler.accept(200, 20).use).toBe(false);
    expect(filler.accept(240, 20)).toEqual({ use: true, padMs: 0 });
  });

  it('goes on after a clock that starts again', () => {
    const filler = started(60_000);
    expect(filler.accept(10, 20)).toEqual({ use: true, padMs: 0 });
    expect(filler.accept(30, 20)).toEqual({ use: true, padMs: 0 });
  });

  it('does not pad again what was filled while nothing arrived', () => {
    const filler = started();
    filler.fill(60);
    expect(filler.accept(300, 20)).toEqual({ use: true, padMs: 40 });
  });

  it('plays late frames behind silence that was filled for them', () => {
    const filler = started();
    filler.fill(400);
    expect(filler.accept(200, 20)).toEqual({ use: true, padMs: 0 });
    expect(filler.accept(220, 20)).toEqual({ use: true, padMs: 0 });
    expect(filler.accept(300, 20)).toEqual({ use: true, padMs: 60 });
  });
});

function started(untilMs = 200): GapFiller {
  const filler = createGapFiller();
  for (let atMs = untilMs - 100; atMs < untilMs; atMs += 20) filler.accept(atMs, 20);
  return filler;
}
