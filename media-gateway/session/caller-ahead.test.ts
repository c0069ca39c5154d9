import { describe, expect, it } from 'vitest';
import { createCallerStream } from './caller-stream.ts';
import { createForkedAudio } from './forked-caller.ts';

const FRAME_MS = 20;
const SILENCE = 0xff;
/** The caller's sound: each 20 ms of it begins with another byte, so that it shows what was heard, and how often. */
const spoken = (fromMs: number): number => (fromMs / FRAME_MS) % 200;
const frame = (fromMs: number): Uint8Array => new Uint8Array(160).fill(SILENCE).fill(spoken(fromMs), 0, 80);
const spokenFrom = (fromMs: number, untilMs: number): number[] =>
  Array.from({ length: (untilMs - fromMs) / FRAME_MS }, (_, n) => spoken(fromMs + n * FRAME_MS));

/**
 * A caller who is heard by a fork from the beginning and by his stream from `streamMs` on, of which each message takes its
 * time; the first ones come late, together. `fromMs` is where nobody else has heard him.
 */
function callerWith({
  fromMs = 1010,
  streamMs = 1400,
  forkDelayMs = 5,
  delayMs = 5,
  lateMs = 0,
  lost = [] as number[],
}) {
  const audio = createForkedAudio();
  let isOpen = true;
  const fork = { read: () => audio.read(), isOver: () => !isOpen, close: () => void (isOpen = false) };
  const heard: { byte: number | undefined; endMs: number }[] = [];
  const stream = createCallerStream((mulaw, endMs) => heard.push({ byte: mulaw[0], endMs }), { fork, fromMs });
  return {
    heard: () => heard.map(({ byte }) => byte),
    ends: () => heard.map(({ endMs }) => endMs),
    isOpen: () => isOpen,
    tick: (atMs: number) => stream.tick(atMs),
    close: () => stream.close(),
    /** Until then, as of the call: both streams have timestamps of their own. */
    goOn(fromMs_: number, untilMs: number, ticks = false): void {
      for (let atMs = fromMs_; atMs < untilMs; atMs += FRAME_MS) {
        if (isOpen && !lost.includes(atMs)) audio.add(atMs + 700, frame(atMs), atMs + FRAME_MS + forkDelayMs);
        const arrivedMs = Math.max(atMs + FRAME_MS + delayMs, streamMs + FRAME_MS + lateMs);
        if (atMs >= streamMs) stream.media(atMs - streamMs + 155, frame(atMs), arrivedMs, arrivedMs);
        if (ticks) stream.tick(atMs + FRAME_MS);
      }
    },
  };
}

describe('a caller who was heard before his stream began', () => {
  it('is heard from where nobody else had heard him, each moment once', () => {
    const caller = callerWith({});
    caller.goOn(0, 2000);
    expect(caller.heard()).toEqual(spokenFrom(1000, 2000));
    expect(caller.ends()[0]).toBe(1025);
    expect(caller.isOpen()).toBe(false);
  });

  it.each([
    ['a little slower than', 5, 12],
    ['a little faster than', 12, 5],
    ['much slower than', 5, 65],
    ['much faster than', 65, 5],
  ])('is heard once where his stream is %s the fork', (_, forkDelayMs, delayMs) => {
    const caller = callerWith({ forkDelayMs, delayMs, fromMs: 1010 + (forkDelayMs - 5) });
    caller.goOn(0, 2000);
    expect(caller.heard()).toEqual(spokenFrom(1000, 2000));
  });

  it.each([60, 200])('is heard once where the first messages of his stream are %i ms late', (lateMs) => {
    const caller = callerWith({ lateMs });
    caller.goOn(0, 2000);
    expect(caller.heard()).toEqual(spokenFrom(1000, 2000));
    expect(caller.isOpen()).toBe(false);
  });

  it('is heard before the stream begins, as soon as there is anything', () => {
    const caller = callerWith({});
    caller.goOn(0, 1400);
    caller.tick(1400);
    expect(caller.heard()).toEqual(spokenFrom(1000, 1400));
    caller.goOn(1400, 2000, true);
    expect(caller.heard()).toEqual(spokenFrom(1000, 2000));
  });

  it('is dated by messages that came as they should, where the first ones of his stream had waited', () => {
    const caller = callerWith({});
    caller.goOn(0, 1400);
    // Read all at once, as of when they came.
    caller.goOn(1400, 1600);
    expect(caller.ends().slice(-2)).toEqual([1585, 1605]);
  });

  it('has silence where the fork lost something, so that nothing moves', () => {
    const caller = callerWith({ lost: [1100, 1120] });
    caller.goOn(0, 1600);
    const expected = spokenFrom(1000, 1600).with(5, SILENCE).with(6, SILENCE);
    expect(caller.heard()).toEqual(expected);
  });

  it('has silence where the fork ended too early', () => {
    const caller = callerWith({ lost: [1340, 1360, 1380] });
    caller.goOn(0, 1600);
    expect(caller.heard()).toEqual([...spokenFrom(1000, 1340), SILENCE, SILENCE, SILENCE, ...spokenFrom(1400, 1600)]);
  });

  it('is silent as always where neither the fork nor the stream brings anything', () => {
    const caller = callerWith({});
    caller.goOn(0, 1100);
    for (let atMs = 1100; atMs <= 1500; atMs += FRAME_MS) caller.tick(atMs);
    expect(caller.heard().slice(0, 5)).toEqual(spokenFrom(1000, 1100));
    expect(new Set(caller.heard().slice(5))).toEqual(new Set([SILENCE]));
    expect(caller.isOpen()).toBe(false);
  });

  it('is heard no more where his call ends first', () => {
    const caller = callerWith({});
    caller.goOn(0, 1100);
    caller.close();
    expect([caller.isOpen(), caller.heard()]).toEqual([false, []]);
  });
});

it('keeps the last ten seconds of a fork', () => {
  const audio = createForkedAudio();
  for (let atMs = 0; atMs < 12_000; atMs += FRAME_MS) audio.add(atMs, frame(atMs), atMs + FRAME_MS);
  expect(audio.read().map(({ mulaw }) => mulaw[0])).toEqual(spokenFrom(2000, 12_000));
  expect(audio.read()).toEqual([]);
});

it('dates all of a fork by the least delayed of its messages', () => {
  const audio = createForkedAudio();
  audio.add(100, frame(0), 320);
  audio.add(120, frame(20), 230);
  audio.add(140, frame(40), 260);
  expect(audio.read().map(({ endMs }) => endMs)).toEqual([210.03, 230.03, 250.03].map((ms) => expect.closeTo(ms, 1)));
});
