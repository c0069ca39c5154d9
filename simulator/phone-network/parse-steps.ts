import type { Callee } from './callees.ts';
import { ANSWERED_BY } from './machine-detection.ts';
import { isRefusal, refusalCodes } from './refusals.ts';
import { CALL_SWITCHES } from './rest-traps.ts';
import { isNoiseKind, type LineFault } from './line-sound.ts';
import type { CallerStep } from './scripted-caller.ts';

/** A request to the control API that makes no sense; the message says what. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

const OUTCOMES = ['answer', 'machine', 'fax', 'busy', 'no-answer', 'failed', 'rejected'] as const;
const DEFAULT_ANSWER_AFTER_MS = 1000;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks the steps of a script; phrases that the book does not have are refused before anybody calls. */
export function parseSteps(value: unknown, hasPhrase: (phraseId: string) => boolean): CallerStep[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ControlError(400, 'steps is not a list');
  return value.map((step, index) => {
    const parsed = isRecord(step) ? parseStep(step) : undefined;
    if (!parsed) throw new ControlError(400, `step ${index + 1} is unknown: ${JSON.stringify(step)}`);
    if ('say' in parsed && !hasPhrase(parsed.say)) throw new ControlError(400, `no phrase "${parsed.say}"`);
    return parsed;
  });
}

function parseStep(step: Record<string, unknown>): CallerStep | undefined {
  const { timeoutMs, ...rest } = step;
  if (timeoutMs !== undefined && !isDuration(timeoutMs)) return undefined;
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  const keys = Object.keys(rest).toSorted().join();
  if (keys === 'say' && typeof rest.say === 'string') return { say: rest.say, ...patience };
  if (keys === 'waitForSpeech' && rest.waitForSpeech === true) return { waitForSpeech: true, ...patience };
  if (keys === 'plusMs,waitForSpeech' && rest.waitForSpeech === true && isDuration(rest.plusMs)) {
    return { waitForSpeech: true, plusMs: rest.plusMs, ...patience };
  }
  if (keys === 'waitForQuiet' && isDuration(rest.waitForQuiet)) return { waitForQuiet: rest.waitForQuiet, ...patience };
  if (keys === 'pauseMs' && isDuration(rest.pauseMs)) return { pauseMs: rest.pauseMs, ...patience };
  if (keys === 'dtmf' && typeof rest.dtmf === 'string' && /^[0-9*#A-D]+$/.test(rest.dtmf)) {
    return { dtmf: rest.dtmf, ...patience };
  }
  if (keys === 'tone' && (rest.tone === 'beep' || rest.tone === 'fax')) return { tone: rest.tone, ...patience };
  if (keys === 'hangUp' && rest.hangUp === true && timeoutMs === undefined) return { hangUp: true };
  if (keys === 'waitForHangUp' && rest.waitForHangUp === true) return { waitForHangUp: true, ...patience };
  return undefined;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** Checks the names of the traps that a call is placed with. */
export function parseSwitches(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ControlError(400, 'switches is not a list');
  return value.map((name) => {
    const known = CALL_SWITCHES.find((one) => one === name);
    if (known === undefined)
      throw new ControlError(400, `no switch ${String(name)}; known: ${CALL_SWITCHES.join(', ')}`);
    return known;
  });
}

/** Reads what a person's line adds to his voice. */
export function parseLine(value: unknown): LineFault | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw new ControlError(400, 'line is an object');
  const { noise, snrDb, echoDb, ...unknown } = value;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw new ControlError(400, `unknown field ${extra} of line`);
  if (noise !== undefined && !isNoiseKind(noise)) throw new ControlError(400, `no noise ${JSON.stringify(noise)}`);
  if (snrDb !== undefined && typeof snrDb !== 'number') throw new ControlError(400, 'snrDb is no number');
  if (echoDb !== undefined && typeof echoDb !== 'number') throw new ControlError(400, 'echoDb is no number');
  return {
    ...(noise === undefined ? {} : { noise }),
    ...(snrDb === undefined ? {} : { snrDb }),
    ...(echoDb === undefined ? {} : { echoDb }),
  };
}

/** Reads how somebody takes calls. */
export function parseCallee(value: unknown, hasPhrase: (phraseId: string) => boolean): Callee {
  if (!isRecord(value)) throw new ControlError(400, 'a callee is an object');
  const {
    outcome = 'answer',
    answerAfterMs = DEFAULT_ANSWER_AFTER_MS,
    steps,
    switches,
    refusedWith,
    detectedAs,
    detectedAfterMs,
    ...unknown
  } = value;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw new ControlError(400, `unknown field ${extra}`);
  const known = OUTCOMES.find((one) => one === outcome);
  if (!known) throw new ControlError(400, `outcome is none of ${OUTCOMES.join(', ')}`);
  if (!isDuration(answerAfterMs)) throw new ControlError(400, 'answerAfterMs is no duration');
  if (refusedWith !== undefined && !isRefusal(refusedWith))
    throw new ControlError(400, `refusedWith is none of ${refusalCodes.join(', ')}`);
  const taken = ANSWERED_BY.find((one) => one === detectedAs);
  if (detectedAs !== undefined && !taken)
    throw new ControlError(400, `detectedAs is none of ${ANSWERED_BY.join(', ')}`);
  if (detectedAfterMs !== undefined && !isDuration(detectedAfterMs))
    throw new ControlError(400, 'detectedAfterMs is no duration');
  return {
    outcome: known,
    answerAfterMs,
    steps: parseSteps(steps, hasPhrase),
    switches: parseSwitches(switches),
    ...(refusedWith !== undefined && { refusedWith }),
    ...(taken && { detectedAs: taken }),
    ...(detectedAfterMs !== undefined && { detectedAfterMs }),
  };
}
