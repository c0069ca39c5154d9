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
  expect(frames.length).toBeGreaterThanOrEqual(3000);
  expect(frames.length).toBeLessThanOrEqual(3002);
  expect(frames.every((frame, index) => frame === index)).toBe(true);
});

test('after a stall the missed frames come at once and in order', () => {
  let now = 1000;
  const ticker = createTicker({ nowMs: () => now });
  const frames: number[] = [];
  ticker.add((frame) => frames.push(frame));
  vi.advanceTimersByTime(10);
  expect(frames).toEqual([0]);
  now += 100;
  vi.advanceTimersByTime(10);
  expect(frames).toEqual([0, 1, 2, 3, 4, 5]);
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
  expect(new Set(zeros.map((zero) => (zero + 20) % 20)).size).toBe(4);
  ticker.close();
});
