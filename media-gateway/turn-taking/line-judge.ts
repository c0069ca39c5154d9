/**
 * Asks a neural network whether a caller's line sounds like a voice, and goes on without it where the answer is late. The
 * network remembers nothing: what it knows of the line goes to it with each question and comes back with the answer.
 *
 * Invariants:
 * J1 One question at a time for a line; what is heard meanwhile is part of the next one.
 * J2 An answer counts while the sound that it is about is at most `FRESH_MS` old.
 * J3 Where a question could not be asked in time the line is new to the network again, with what was heard last.
 */
import type { SampleRing } from './sample-ring.ts';

export interface LineJudge {
  /** So many samples have come; `isAsked`: its word is wanted about them. */
  hear(samples: number, isAsked: boolean): void;
  /** How much the last sound was like a voice, from 0 to 1; undefined while that is not known. */
  likeness(): number | undefined;
  /** An answer is on its way. */
  isThinking(): boolean;
}

/** The network. Undefined where it cannot be asked now; a rejection counts as no answer. */
export type AskNet = (question: NetQuestion) => Promise<NetAnswer> | undefined;

export interface NetQuestion {
  /** Signed 16 bit at 8 kHz, a multiple of `STEP` samples. */
  readonly pcm: Int16Array;
  /** As the last answer gave it; absent where the line is new to the network. */
  readonly state?: Float32Array;
}

export interface NetAnswer {
  /** Of the last step, from 0 to 1. */
  readonly likeness: number;
  readonly state: Float32Array;
}

/** Samples that the network judges at once, 32 ms. */
export const STEP = 256;

/** Samples that it must have heard before its word is worth anything. */
export const CONTEXT = 8 * STEP;

const FRESH_MS = 60;

/** `line` keeps at least `CONTEXT` samples, and has been given each of them before it is judged. */
export function createLineJudge(ask: AskNet, line: SampleRing): LineJudge {
  return new Judge(ask, line);
}

class Judge implements LineJudge {
  readonly #ask: AskNet;
  readonly #line: SampleRing;
  #waiting = 0; // samples at the end of the line that were not asked about yet
  #round = 0;
  #state: Float32Array | undefined;
  #likeness: number | undefined;
  #ageMs = 0;
  #isThinking = false;

  constructor(ask: AskNet, line: SampleRing) {
    this.#ask = ask;
    this.#line = line;
  }

  hear(samples: number, isAsked: boolean): void {
    this.#ageMs += samples / 8;
    this.#waiting += samples;
    if (!isAsked || this.#waiting > CONTEXT) this.#forget();
    if (isAsked && !this.#isThinking) this.#askNext();
  }

  likeness(): number | undefined {
    return this.#ageMs <= FRESH_MS ? this.#likeness : undefined;
  }

  isThinking(): boolean {
    return this.#isThinking;
  }

  #forget(): void {
    this.#round += 1;
    this.#state = undefined;
    this.#likeness = undefined;
    this.#waiting = 0;
  }

  #askNext(): void {
    const state = this.#state;
    const waiting = this.#waiting;
    const whole = state ? waiting - (waiting % STEP) : CONTEXT;
    if (whole === 0) return;
    const behind = state ? waiting - whole : 0;
    const answering = this.#ask({ pcm: this.#line.copy(whole, behind), ...(state && { state }) });
    if (!answering) return this.#forget();
    this.#waiting = behind;
    void this.#receive(answering);
  }

  async #receive(answering: Promise<NetAnswer>): Promise<void> {
    const asked = this.#round;
    this.#isThinking = true;
    try {
      const { likeness, state } = await answering;
      if (asked !== this.#round) return;
      this.#likeness = likeness;
      this.#state = state;
      this.#ageMs = this.#waiting / 8;
    } catch {
      if (asked === this.#round) this.#forget();
    } finally {
      this.#isThinking = false;
    }
  }
}
