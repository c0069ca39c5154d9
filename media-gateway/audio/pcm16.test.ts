import { describe, expect, it } from 'vitest';
import { createPcm16Reader } from './pcm16.ts';

describe('PCM reader', () => {
  it('joins samples that chunks cut in half, wherever the bytes lie in memory', () => {
    const samples = Int16Array.from({ length: 50 }, (_, i) => i * 1311 - 32_768);
    const bytes = new Uint8Array(samples.buffer);
    for (const cut of [1, 2, 3, 5, 7, 99]) {
      const reader = createPcm16Reader();
      const read: number[] = [];
      for (let at = 0; at < bytes.length; at += cut) read.push(...reader.read(bytes.subarray(at, at + cut)));
      expect(read).toEqual([...samples]);
    }
  });

  it('drops half a sample on reset', () => {
    const reader = createPcm16Reader();
    reader.read(Uint8Array.of(1, 0, 2));
    reader.reset();
    expect([...reader.read(Uint8Array.of(3, 0))]).toEqual([3]);
  });
});
