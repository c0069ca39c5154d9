import { array, assert, boolean, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeldAudio } from './held-audio.ts';

const released = (held: ReturnType<typeof createHeldAudio>, fromMs: number): number[][] => {
  const pieces: number[][] = [];
  held.release(fromMs, (mulaw) => pieces.push([...mulaw]));
  return pieces;
};

describe('held audio', () => {
  it('hands out what ended after a moment, oldest first, once', () => {
    const held = createHeldAudio();
    for (const n of [1, 2, 3]) held.keep(Uint8Array.of(n, n), 20 * n, 0);
    expect(released(held, 20)).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(released(held, 0)).toEqual([]);
  });

  it('keeps copies', () => {
    const held = createHeldAudio();
    const frame = Uint8Array.of(7);
    held.keep(frame, 20, 0);
    frame[0] = 9;
    expect(released(held, 0)).toEqual([[7]]);
  });

  it('holds ten seconds at most', () => {
    const held = createHeldAudio();
    for (let n = 1; n <= 600; n++) held.keep(new Uint8Array(160).fill(n & 0xff), 20 * n, 0);
    const pieces = released(held, 0);
    expect(pieces).toHaveLength(500);
    expect(pieces[0]?.[0]).toBe(101);
    expect(pieces.at(-1)?.at(-1)).toBe(600 & 0xff);
  });

  it('is the same as a list of copies, whatever is kept and forgotten', () => {
    const step = record({ length: nat(400), needAgoMs: nat(900), isRelease: boolean() });
    assert(
      property(array(step, { maxLength: 200 }), (steps) => {
        const held = createHeldAudio();
        let list: { frame: number[]; endMs: number }[] = [];
        let endMs = 0;
        for (const { length, needAgoMs, isRelease } of steps) {
          endMs += 1 + length / 8;
          const frame = Array.from({ length }, (_, n) => (n + length) & 0xff);
          list = list.filter((one) => one.endMs > Math.max(endMs - needAgoMs, endMs - 10_000));
          list.push({ frame, endMs });
          held.keep(Uint8Array.from(frame), endMs, endMs - needAgoMs);
          if (!isRelease) continue;
          const expected = list.filter((one) => one.endMs > endMs - needAgoMs / 2).map((one) => one.frame);
          expect(released(held, endMs - needAgoMs / 2)).toEqual(expected);
          list = [];
        }
      }),
    );
  });
});
