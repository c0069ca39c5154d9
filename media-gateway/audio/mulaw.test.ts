import { describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from './mulaw.ts';

const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code);

describe('µ-law', () => {
  it.each([
    [0xff, 0],
    [0x7f, 0],
    [0x80, 32_124],
    [0x00, -32_124],
    [0xfe, 8],
    [0x7e, -8],
    [0xf0, 120],
    [0xef, 132],
    [0x8f, 16_764],
    [0x10, -15_996],
  ])('expands code %i to %i', (code, sample) => {
    expect([...decodeMulaw(Uint8Array.of(code))]).toEqual([sample]);
  });

  it('compresses what it expanded to the same code, and minus zero to plus zero', () => {
    const again = encodeMulaw(decodeMulaw(allCodes));
    expect([...again]).toEqual([...allCodes].map((code) => (code === 0x7f ? 0xff : code)));
  });

  it('compresses every sample as the reference encoder of the standard does', () => {
    for (let sample = -32_768; sample <= 32_767; sample++) {
      expect(encodeMulaw(Int16Array.of(sample))[0]).toBe(referenceCode(sample));
    }
  });

  it('works in the memory it is given and refuses too little of it', () => {
    const pcm = new Int16Array(4);
    const result = decodeMulaw(Uint8Array.of(0x80, 0xff), pcm);
    expect(result.buffer).toBe(pcm.buffer);
    expect([...result]).toEqual([32_124, 0]);
    expect(() => decodeMulaw(allCodes, pcm)).toThrow(RangeError);
    expect(() => encodeMulaw(pcm, new Uint8Array(3))).toThrow(RangeError);
  });
});

/** The encoder of the G.711 reference code, which searches the segment in a table. */
function referenceCode(sample: number): number {
  const mask = sample < 0 ? 0x7f : 0xff;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const segment = [0xff, 0x1ff, 0x3ff, 0x7ff, 0xfff, 0x1fff, 0x3fff, 0x7fff].findIndex((end) => magnitude <= end);
  return ((segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) ^ mask;
}
