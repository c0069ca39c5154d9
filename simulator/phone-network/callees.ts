import type { AnsweredBy } from './machine-detection.ts';
import type { CallerStep } from './scripted-caller.ts';

/** How the person (or machine) at a number takes a call. */
export interface Callee {
  outcome: 'answer' | 'machine' | 'fax' | 'busy' | 'no-answer' | 'failed' | 'rejected';
  /** Time to ring before the outcome. */
  answerAfterMs: number;
  steps: readonly CallerStep[];
  switches: readonly string[];
  /** The carrier does not even try: REST answers with this error code. */
  refusedWith?: number;
  /** What the network takes him for, rightly or not; absent: what he is. */
  detectedAs?: AnsweredBy;
  /** How long the network listens before it says so. */
  detectedAfterMs?: number;
}

/** The people behind numbers that are called; a number that nobody set up does not exist. */
export class Callees {
  readonly #callees = new Map<string, Callee>();

  set(number: string, callee: Callee): void {
    this.#callees.set(number, callee);
  }

  find(number: string): Callee | undefined {
    return this.#callees.get(number);
  }
}
