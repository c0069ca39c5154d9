import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTicker } from './ticker.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const nowMs = (): number => performance.now();

test('each line gets a frame for every 20 ms, without drift', () => {
  const ticker = createTicker({ nowMs });
  const frames: number[] = [];
  ticker.add((frame) => frames.push(frame));
  vi.advanceTimersByTime(60_000);
  expect(frames.length).toBeGreaterThanOrEqual(2999);
  expect(frames.length).toBeLessThanOrEqual(3001);
  expect(frames.every((frame, index) => frame === index)).toBe(true);
});

test('after a stall the missed frames of all lines come at once, in order of time', () => {
  let now = 1000;
  const ticker = createTicker({ nowMs: () => now });
  const frames: string[] = [];
  ticker.add((frame) => frames.push(`a${frame}`));
  ticker.add((frame) => frames.push(`b${frame}`));
  now += 65;
  vi.advanceTimersByTime(10);
  expect(frames).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2', 'a3']);
});

test('without lines no timer runs', () => {
  const ticker = createTicker({ nowMs });
  const { stop } = ticker.add(() => {});
  expect(vi.getTimerCount()).toBe(1);
  stop();
  vi.advanceTimersByTime(20);
  expect(vi.getTimerCount()).toBe(0);
});

test('lines are spread over the 20 ms', () => {
  const ticker = createTicker({ nowMs });
  const zeros = [1, 2, 3, 4].map(() => ticker.add(() => {}).zeroMs % 20);
  expect(new Set(zeros).size).toBe(4);
  ticker.close();
});
