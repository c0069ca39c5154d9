import { describe, expect, it } from 'vitest';
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

describe('a caller whom another gateway may hear meanwhile', () => {
  it('stays until that is known, and is then given up whenever it is certain that he does not speak', async () => {
    const drain = createSessionDrain();
    const hears = Promise.withResolvers<boolean>();
    drain.begin(60_000);
    const asked = drain.awaitSuccessor(hears.promise, () => 2000);
    expect(drain.due(at(1000, 100))).toBeUndefined();
    hears.resolve(true);
    await asked;
    expect(drain.due(at(2000, 100))).toBeUndefined();
    expect(drain.due(at(2000, 1000))).toBe('at-pause');
    expect(drain.due(at(2000, 1000, false))).toBeUndefined();
  });

  it('is given up in time where nobody answers, or before he can answer after a while', () => {
    const drain = createSessionDrain();
    drain.begin(10_000);
    void drain.awaitSuccessor(new Promise(() => {}), () => 2000);
    expect(drain.due(at(6000, 100))).toBeUndefined();
    expect(drain.due(at(6020, 100))).toBe('at-pause');
    drain.begin(3000);
    expect(drain.due(at(3000, 1000))).toBe('in-time');
  });

  it.each([
    ['is not', false, 2000],
    ['is not heard any more', true, 28_000],
  ])('is given up before he can answer where he %s', async (_, hears, atMs) => {
    const drain = createSessionDrain();
    drain.begin(60_000);
    await drain.awaitSuccessor(Promise.resolve(hears), () => 2000);
    expect(drain.due(at(atMs, 1000))).toBeUndefined();
    expect(drain.due(at(atMs, 100))).toBe('at-pause');
  });
});
