/**
 * Watches over a model that owes the caller something and says nothing: reminds it, has its connection replaced, then
 * the model itself, and gives up when nothing helps. It has no clock and acts only through what it answers.
 *
 * Phases: nothing is owed; owed since a moment, with so many strikes behind it.
 *
 * Invariants:
 * W1 Only a sound or a function call of the model takes strikes back: a caller who asks whether anybody is there puts
 *    the next strike off and starts nothing anew.
 * W2 No strike falls while the caller speaks, a tool runs or no session is open.
 * W3 Strikes come in order: reminder, the same model anew, another model, giving up.
 * W4 A model that breaks off again and again is asked to go on `MOST_CUTS` times, until the caller speaks or an answer is whole.
 */
import type { LatencyProfile } from '../../contracts/assistant.ts';
import type { ModelEvent } from '../../contracts/realtime-model.ts';

export interface ModelWatch {
  /** The model that has the call now may think so long before it answers; absent: no longer than any. */
  mayThink(ms: number | undefined): void;
  /** The model was told something that calls for an answer; `line` is what it is told once more if none comes. */
  asked(atMs: number, line?: string): void;
  /** `isHeard` is false for audio of an answer that was cut. */
  event(event: ModelEvent, atMs: number, isHeard: boolean): void;
  tick(view: WatchView): Strike | undefined;
  /** Since when the model has owed the caller something, without a sound in between. */
  owesSince(): number | undefined;
}

export interface WatchView {
  atMs: number;
  isLive: boolean;
  callerSpeaks: boolean;
  /** When the caller ended what has not been answered yet. */
  callerWaitsSinceMs: number | undefined;
  toolsRun: boolean;
}

export type Strike =
  | { type: 'remind'; line: string }
  | { type: 'reopen' }
  | { type: 'changeModel' }
  | { type: 'giveUp' };

const REMIND_AFTER_MS: Readonly<Record<LatencyProfile, number>> = { fast: 2000, balanced: 2200, patient: 2500 };
const NO_ANSWER_TO_REMINDER_MS = 1300;
const NO_ANSWER_TO_REOPENING_MS = 3000;
const CUT_WITHOUT_CAUSE_MS = 1000;
const MOST_CUTS = 3;
const OVER_TOO_SOON_MS = 300; // a turn that ends sooner after the caller's is the one before

const REMINDER =
  '[The caller waits for your answer. Answer now; if you have not understood what was said, ask for it once more.]';
const GO_ON = '[Your answer was cut off and nobody had spoken. The caller waits for the rest of it: go on.]';

interface Debt {
  readonly sinceMs: number;
  /** Of the first debt since the model last made a sound. */
  readonly beganMs: number;
  readonly line: string;
  dueMs: number;
}

export function createModelWatch(profile: LatencyProfile): ModelWatch {
  let debt: Debt | undefined;
  let strikes = 0;
  let thinksMs = 0;
  let cuts = 0;

  const owe = (sinceMs: number, afterMs: number, line = REMINDER): void => {
    debt = { sinceMs, beganMs: debt?.beganMs ?? sinceMs, line, dueMs: sinceMs + afterMs };
  };
  const settle = (): void => {
    debt = undefined;
    strikes = 0;
  };
  const patienceMs = (): number => {
    if (strikes === 0) return Math.max(thinksMs, REMIND_AFTER_MS[profile]);
    return strikes === 1 ? NO_ANSWER_TO_REMINDER_MS : NO_ANSWER_TO_REOPENING_MS;
  };
  const strike = (line: string): Strike => {
    strikes += 1;
    if (strikes === 1) return { type: 'remind', line };
    if (strikes === 2) return { type: 'reopen' };
    return strikes === 3 ? { type: 'changeModel' } : { type: 'giveUp' };
  };

  return {
    mayThink(ms = 0) {
      thinksMs = ms;
    },
    asked: (atMs, line) => owe(atMs, patienceMs(), line),
    event(event, atMs, isHeard) {
      if (event.type === 'toolCall' || (event.type === 'audio' && isHeard)) settle();
      else if (event.type === 'generationComplete') cuts = 0;
      else if (event.type === 'interrupted' && !debt && cuts < MOST_CUTS) {
        cuts += 1;
        owe(atMs, CUT_WITHOUT_CAUSE_MS, GO_ON);
      } else if (event.type === 'turnComplete' && debt && strikes === 0 && atMs - debt.sinceMs >= OVER_TOO_SOON_MS) {
        // It was its turn and it said nothing. What is merely cut ends its turn, too.
        if (debt.line !== GO_ON) debt.dueMs = atMs;
      }
    },
    tick({ atMs, isLive, callerSpeaks, callerWaitsSinceMs, toolsRun }) {
      if (callerSpeaks) {
        cuts = 0;
        if (debt) owe(atMs, patienceMs(), strikes > 0 ? debt.line : REMINDER);
        return undefined;
      }
      if (callerWaitsSinceMs !== undefined && (!debt || callerWaitsSinceMs > debt.sinceMs)) {
        owe(callerWaitsSinceMs, patienceMs());
      }
      if (!debt || !isLive || toolsRun || atMs < debt.dueMs) return undefined;
      const next = strike(debt.line);
      debt.dueMs = atMs + patienceMs();
      return next;
    },
    owesSince: () => debt?.beganMs,
  };
}
