import { expect, test } from 'vitest';
import { createPlaybackBuffer } from './playback-buffer.ts';

const audio = (samples: number, code = 1): Uint8Array => new Uint8Array(samples).fill(code);

test('plays what was queued in order and fills the last frame with silence', () => {
  const buffer = createPlaybackBuffer();
  buffer.enqueue(audio(100, 1));
  buffer.enqueue(audio(100, 2));
  expect(buffer.read().frame).toEqual(Uint8Array.of(...audio(100, 1), ...audio(60, 2)));
  expect(buffer.read().frame).toEqual(Uint8Array.of(...audio(40, 2), ...audio(120, 0xff)));
  expect(buffer.read().frame).toBeUndefined();
});

test('a mark is echoed when everything before it has been played', () => {
  const buffer = createPlaybackBuffer();
  buffer.enqueue(audio(320));
  expect(buffer.mark('first')).toEqual([]);
  buffer.enqueue(audio(160));
  expect(buffer.mark('second')).toEqual([]);
  const reached = [1, 2, 3, 4].map(() => buffer.read().reached);
  expect(reached).toEqual([[], [], ['first'], ['second']]);
});

test('a mark without anything before it is echoed at once, during the last frame when that has ended', () => {
  const buffer = createPlaybackBuffer();
  expect(buffer.mark('idle')).toEqual(['idle']);
  buffer.enqueue(audio(160));
  buffer.read();
  expect(buffer.bufferedMs).toBe(0);
  expect(buffer.mark('while playing')).toEqual([]);
  expect(buffer.read().reached).toEqual(['while playing']);
});

test('clear drops what has not been played and echoes every pending mark', () => {
  const buffer = createPlaybackBuffer();
  buffer.enqueue(audio(1600));
  buffer.mark('a');
  buffer.enqueue(audio(1600));
  buffer.mark('b');
  buffer.read();
  expect(buffer.clear()).toEqual(['a', 'b']);
  expect(buffer.read()).toEqual({ reached: [], frame: undefined });
  buffer.enqueue(audio(160, 7));
  expect(buffer.read().frame).toEqual(audio(160, 7));
});

test('more than ten minutes are not buffered', () => {
  const buffer = createPlaybackBuffer();
  expect(buffer.enqueue(audio(10 * 60 * 8000))).toBe(true);
  expect(buffer.enqueue(audio(1))).toBe(false);
  buffer.read();
  expect(buffer.enqueue(audio(160))).toBe(true);
  expect(buffer.bufferedMs).toBe(600_000);
});
