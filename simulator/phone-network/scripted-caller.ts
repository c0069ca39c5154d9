import { FRAME_MS, FRAME_SAMPLES, isAudible, SILENT_FRAME } from './mulaw.ts';
import type { Talker } from './line.ts';
import { machineTone, type MachineTone } from './tones.ts';

/**
 * What a person on the phone does next. A step that waits gives up after `timeoutMs` (20 s unless said): a fault,
 * and the person hangs up.
 */
export type CallerStep =
  | { say: string; timeoutMs?: number }
  /** Until the far end has been audible for `plusMs` (0 unless said) in its present utterance. */
  | { waitForSpeech: true; plusMs?: number; timeoutMs?: number }
  /** Until the far end has been audible at least once since the step began, and then silent for so long. */
  | { waitForQuiet: number; timeoutMs?: number }
  | { pauseMs: number; timeoutMs?: number }
  | { dtmf: string; timeoutMs?: number }
  /** What a machine sounds like: the beep after its greeting, or a fax's call tone. */
  | { tone: MachineTone; timeoutMs?: number }
  | { hangUp: true }
  | { waitForHangUp: true; timeoutMs?: number };

/** Recorded speech of a person: mu-law at 8 kHz. */
export interface SpokenPhrase {
  phraseId: string;
  text: string;
  mulaw: Uint8Array;
}

export interface Utterance {
  phraseId: string;
  text: string;
  startMs: number;
  endMs: number;
}

export interface ScriptedCallerDeps {
  steps: readonly CallerStep[];
  phrase: (phraseId: string) => SpokenPhrase;
  onSaid: (utterance: Utterance) => void;
  onDigit: (digit: string) => void;
  /** A machine's beep ends at that time. */
  onBeep: (endMs: number) => void;
  onHangUp: () => void;
  onFault: (fault: string) => void;
}

export interface ScriptedCaller extends Talker {
  /** Speaks at once, beside the script. */
  interject(phraseId: string): void;
}

const DEFAULT_TIMEOUT_MS = 20_000;
/** Gaps up to this long belong to one utterance of the far end. */
const UTTERANCE_GAP_MS = 400;
const DIGIT_MS = 200;

/**
 * A person who follows a script. It knows no clock: frames come with the time on the line, and it judges what it
 * hears by the energy of what was really played. A person whose script has ended stays on the line in silence.
 */
export function createScriptedCaller(deps: ScriptedCallerDeps): ScriptedCaller {
  let stepIndex = -1;
  let stepStartMs = 0;
  let heardInStep = false;
  let lastAudibleMs = Number.NEGATIVE_INFINITY;
  let onsetMs = Number.NEGATIVE_INFINITY;
  let gone = false;
  let digitsSent = 0;
  const speaking: { mulaw: Uint8Array; position: number; ofStep: boolean }[] = [];

  const listen = (atMs: number, heard: Uint8Array): void => {
    if (heard === SILENT_FRAME || !isAudible(heard)) return;
    if (atMs - lastAudibleMs > UTTERANCE_GAP_MS) onsetMs = atMs;
    lastAudibleMs = atMs;
    heardInStep = true;
  };

  const hangUp = (): void => {
    gone = true;
    deps.onHangUp();
  };

  const speak = (phraseId: string, atMs: number, ofStep: boolean): void => {
    const { text, mulaw } = deps.phrase(phraseId);
    speaking.push({ mulaw, position: 0, ofStep });
    deps.onSaid({ phraseId, text, startMs: atMs, endMs: atMs + mulaw.length / 8 });
  };

  const sound = (kind: MachineTone, atMs: number): void => {
    const mulaw = machineTone(kind);
    speaking.push({ mulaw, position: 0, ofStep: true });
    if (kind === 'beep') deps.onBeep(atMs + mulaw.length / 8);
  };

  const begin = (atMs: number): void => {
    stepIndex += 1;
    stepStartMs = atMs;
    digitsSent = 0;
    heardInStep = atMs - lastAudibleMs <= FRAME_MS;
    const step = deps.steps[stepIndex];
    if (step && 'say' in step) speak(step.say, atMs, true);
    if (step && 'tone' in step) sound(step.tone, atMs);
  };

  const isOver = (step: CallerStep, atMs: number): boolean => {
    const elapsedMs = atMs - stepStartMs;
    if ('say' in step || 'tone' in step) return !speaking.some((one) => one.ofStep);
    if ('pauseMs' in step) return elapsedMs >= step.pauseMs;
    if ('waitForQuiet' in step) return heardInStep && atMs - lastAudibleMs >= step.waitForQuiet;
    if ('waitForSpeech' in step) {
      return atMs === lastAudibleMs && atMs - onsetMs >= (step.plusMs ?? 0);
    }
    if ('dtmf' in step) {
      if (elapsedMs >= digitsSent * DIGIT_MS && digitsSent < step.dtmf.length) {
        digitsSent += 1;
        deps.onDigit(step.dtmf[digitsSent - 1] ?? '');
      }
      return elapsedMs >= step.dtmf.length * DIGIT_MS;
    }
    return false;
  };

  const follow = (atMs: number): void => {
    if (stepIndex === -1) begin(atMs);
    for (let step = deps.steps[stepIndex]; step && !gone; step = deps.steps[stepIndex]) {
      if ('hangUp' in step) return hangUp();
      if (isOver(step, atMs)) {
        begin(atMs);
        continue;
      }
      if (atMs - stepStartMs >= timeoutOf(step)) {
        deps.onFault(`step ${stepIndex + 1} ${JSON.stringify(step)} timed out`);
        hangUp();
      }
      return;
    }
  };

  const utter = (): Uint8Array | undefined => {
    const current = speaking[0];
    if (!current) return undefined;
    const part = current.mulaw.subarray(current.position, current.position + FRAME_SAMPLES);
    current.position += FRAME_SAMPLES;
    if (current.position >= current.mulaw.length) speaking.shift();
    if (part.length === FRAME_SAMPLES) return part;
    const frame = SILENT_FRAME.slice();
    frame.set(part);
    return frame;
  };

  let interjections: string[] = [];
  return {
    frame: (atMs, heard) => {
      if (gone) return undefined;
      listen(atMs, heard);
      for (const phraseId of interjections) speak(phraseId, atMs, false);
      interjections = [];
      follow(atMs);
      return gone ? undefined : utter();
    },
    interject: (phraseId) => void interjections.push(phraseId),
  };
}

function timeoutOf(step: CallerStep): number {
  const asked = 'timeoutMs' in step ? step.timeoutMs : undefined;
  if (asked !== undefined) return asked;
  if ('pauseMs' in step) return Number.POSITIVE_INFINITY;
  return DEFAULT_TIMEOUT_MS;
}
