import { expect, test } from 'vitest';
import { createModelWatch, type ModelWatch, type Strike, type WatchView } from './model-watch.ts';

const calm = { isLive: true, callerSpeaks: false, callerWaitsSinceMs: undefined, toolsRun: false };

/** Strikes that fall while time passes in ticks, by the moment they fall. */
function strikes(
  watch: ModelWatch,
  fromMs: number,
  toMs: number,
  view: Partial<WatchView> = {},
): [number, Strike['type']][] {
  const fallen: [number, Strike['type']][] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 20) {
    const strike = watch.tick({ ...calm, ...view, atMs });
    if (strike) fallen.push([atMs, strike.type]);
  }
  return fallen;
}

test('strikes fall in order and end with giving up', () => {
  const watch = createModelWatch('fast');
  const fallen = strikes(watch, 0, 20_000, { callerWaitsSinceMs: 0 });
  expect(fallen.slice(0, 4)).toEqual([
    [2000, 'remind'],
    [3300, 'reopen'],
    [6300, 'changeModel'],
    [9300, 'giveUp'],
  ]);
});

test('a model that owes nothing is left alone', () => {
  const watch = createModelWatch('fast');
  expect(strikes(watch, 0, 60_000)).toEqual([]);
  watch.event({ type: 'turnComplete' }, 60_000, false);
  expect(strikes(watch, 60_000, 70_000)).toEqual([]);
});

test('no strike falls while the caller speaks, a tool runs or no session is open', () => {
  for (const busy of [{ callerSpeaks: true }, { toolsRun: true }, { isLive: false }]) {
    const watch = createModelWatch('fast');
    watch.asked(0);
    expect(strikes(watch, 0, 10_000, busy)).toEqual([]);
  }
});

test('a caller who speaks up puts the next strike off and takes none back', () => {
  const watch = createModelWatch('fast');
  expect(strikes(watch, 0, 2100, { callerWaitsSinceMs: 0 })).toEqual([[2000, 'remind']]);
  expect(strikes(watch, 2100, 3600, { callerSpeaks: true })).toEqual([]);
  expect(strikes(watch, 3600, 5000, { callerWaitsSinceMs: 3580 })).toEqual([[4880, 'reopen']]);
});

test('audio of an answer that was cut pays no debt', () => {
  const watch = createModelWatch('fast');
  watch.asked(0);
  watch.event({ type: 'audio', audio: Buffer.alloc(2) }, 100, false);
  expect(watch.owesSince()).toBe(0);
  watch.event({ type: 'audio', audio: Buffer.alloc(2) }, 200, true);
  expect(watch.owesSince()).toBeUndefined();
});

test('the end of the turn before is no empty turn', () => {
  const watch = createModelWatch('fast');
  strikes(watch, 1000, 1200, { callerWaitsSinceMs: 1000 });
  watch.event({ type: 'turnComplete' }, 1200, false);
  expect(strikes(watch, 1200, 1300, { callerWaitsSinceMs: 1000 })).toEqual([]);
  watch.event({ type: 'turnComplete' }, 1400, false);
  expect(strikes(watch, 1400, 1500, { callerWaitsSinceMs: 1000 })).toEqual([[1400, 'remind']]);
});

test('a model that breaks off again and again is asked three times to go on', () => {
  const watch = createModelWatch('fast');
  const breaksOff = (atMs: number): [number, Strike['type']][] => {
    watch.event({ type: 'audio', audio: Buffer.alloc(2) }, atMs, true);
    watch.event({ type: 'interrupted' }, atMs, false);
    watch.event({ type: 'turnComplete' }, atMs, false);
    return strikes(watch, atMs, atMs + 1500);
  };
  const fallen = [0, 2000, 4000, 6000].flatMap(breaksOff);
  expect(fallen).toEqual([
    [1000, 'remind'],
    [3000, 'remind'],
    [5000, 'remind'],
  ]);
  watch.event({ type: 'generationComplete' }, 8000, false);
  expect(breaksOff(8000)).toEqual([[9000, 'remind']]);
});

test('what was told once and not answered is told once more', () => {
  const watch = createModelWatch('patient');
  watch.asked(0, '[Greet.]');
  expect(watch.tick({ ...calm, atMs: 2500 })).toEqual({ type: 'remind', line: '[Greet.]' });
});
