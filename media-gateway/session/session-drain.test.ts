import { expect, it } from 'vitest';
import { createSessionDrain } from './session-drain.ts';

const at = (atMs: number, quietMs: number, isPause = true) => ({
  atMs,
  quietSinceMs: atMs - quietMs,
  isAtPause: () => isPause,
});

it('gives nothing up before it is asked to', () => {
  expect(createSessionDrain().due(at(1000, 0))).toBeUndefined();
});

it('gives a call up at a pause, but not while the caller would answer', () => {
  const drain = createSessionDrain();
  drain.begin(60_000);
  expect(drain.due(at(1000, 100))).toBe('at-pause');
  expect(drain.due(at(1000, 100, false))).toBeUndefined();
  expect(drain.due(at(1000, 1000))).toBeUndefined();
  expect(drain.due(at(5000, 4000))).toBe('at-pause');
});

it('gives it up in time where no pause comes, the earliest time that it was given', () => {
  const drain = createSessionDrain();
  drain.begin(8000);
  drain.begin(20_000);
  expect(drain.due(at(7980, 1000))).toBeUndefined();
  expect(drain.due(at(8000, 1000))).toBe('in-time');
});
