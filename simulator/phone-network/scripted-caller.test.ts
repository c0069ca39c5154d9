import { expect, test } from 'vitest';
import { FRAME_MS, SILENT_FRAME } from './mulaw.ts';
import { type CallerStep, createScriptedCaller } from './scripted-caller.ts';
import { tone } from './tones.ts';

const LOUD = tone([500], 20);
const SPEECH = tone([300], 100);

/** Runs a person for so long; `audible` says when the far end is heard. */
function run(steps: CallerStep[], durationMs: number, audible: (atMs: number) => boolean = () => false) {
  const events: string[] = [];
  let now = 0;
  const caller = createScriptedCaller({
    steps,
    phrase: (phraseId) => ({ phraseId, text: phraseId, mulaw: SPEECH }),
    onSaid: ({ phraseId, startMs, endMs }) => events.push(`said ${phraseId} ${startMs}-${endMs}`),
    onDigit: (digit) => events.push(`digit ${digit} ${now}`),
    onBeep: (endMs) => events.push(`beep ${endMs}`),
    onHangUp: () => events.push(`hang-up ${now}`),
    onFault: (fault) => events.push(`fault ${fault}`),
  });
  const said: number[] = [];
  for (now = 0; now < durationMs; now += FRAME_MS) {
    const frame = caller.frame(now, audible(now) ? LOUD : SILENT_FRAME);
    if (frame) said.push(now);
  }
  return { events, said };
}

test('says one phrase after the other and hangs up', () => {
  const { events, said } = run([{ say: 'a' }, { say: 'b' }, { hangUp: true }], 400);
  expect(events).toEqual(['said a 0-100', 'said b 100-200', 'hang-up 200']);
  expect(said).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
});

test('waits until the far end has spoken for a while, pauses between words included', () => {
  const speaking = (atMs: number): boolean => atMs >= 200 && atMs % 400 < 300;
  const { events } = run([{ waitForSpeech: true, plusMs: 1000 }, { hangUp: true }], 2000, speaking);
  expect(events).toEqual(['hang-up 1200']);
});

test('waits for the end of what the far end says, not for silence before it', () => {
  const { events } = run([{ waitForQuiet: 300 }, { hangUp: true }], 2000, (atMs) => atMs >= 500 && atMs < 800);
  expect(events).toEqual(['hang-up 1080']);
});

test('presses keys one after the other', () => {
  const { events } = run([{ dtmf: '1#' }, { hangUp: true }], 1000);
  expect(events).toEqual(['digit 1 0', 'digit # 200', 'hang-up 400']);
});

test('beeps after a greeting, as a machine does', () => {
  const { events, said } = run([{ say: 'a' }, { tone: 'beep' }, { hangUp: true }], 1000);
  expect(events).toEqual(['said a 0-100', 'beep 600', 'hang-up 600']);
  expect(said).toHaveLength(30);
});

test('gives up after the time-out: a fault, and the line is left', () => {
  const { events } = run([{ waitForSpeech: true, timeoutMs: 500 }, { say: 'a' }], 1000);
  expect(events).toEqual(['fault step 1 {"waitForSpeech":true,"timeoutMs":500} timed out', 'hang-up 500']);
});

test('stays in silence when the script has ended', () => {
  expect(run([{ pauseMs: 100 }], 60_000).events).toEqual([]);
});
