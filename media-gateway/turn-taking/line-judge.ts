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
  let waiting = 0; // samples at the end of `line` that were not asked about yet
  let round = 0;
  let state: Float32Array | undefined;
  let likeness: number | undefined;
  let ageMs = 0;
  let isThinking = false;

  const forget = (): void => {
    round += 1;
    state = undefined;
    likeness = undefined;
    waiting = 0;
  };
  const receive = async (answering: Promise<NetAnswer>): Promise<void> => {
    const asked = round;
    isThinking = true;
    try {
      const answer = await answering;
      if (asked !== round) return;
      ({ likeness, state } = answer);
      ageMs = waiting / 8;
    } catch {
      if (asked === round) forget();
    } finally {
      isThinking = false;
    }
  };
  const askNext = (): void => {
    const whole = state ? waiting - (waiting % STEP) : CONTEXT;
    if (whole === 0) return;
    const behind = state ? waiting - whole : 0;
    const answering = ask({ pcm: line.copy(whole, behind), ...(state && { state }) });
    if (!answering) return forget();
    waiting = state ? waiting - whole : 0;
    void receive(answering);
  };

  return {
    hear(samples, isAsked) {
      ageMs += samples / 8;
      waiting += samples;
      if (!isAsked || waiting > CONTEXT) forget();
      if (isAsked && !isThinking) askNext();
    },
    likeness: () => (ageMs <= FRESH_MS ? likeness : undefined),
    isThinking: () => isThinking,
  };
}
