/**
 * Who may speak: what a caller's sounds mean for the talk. It has no clock: times are those of the audio.
 *
 * Phases: `idle` -> `held` (a sound while the assistant speaks; what it is worth is not known yet) -> `talking` (it is the
 * caller's turn) -> `idle`. A caller who speaks while the assistant is silent is `talking` at once.
 *
 * Invariants:
 * F1 The assistant falls silent at the onset, before it is known what the sound is worth, unless it must not be interrupted.
 * F2 A backchannel, under `BACKCHANNEL_MS` of voice with `SURE_MS` of silence after it, gives the floor back: nobody is
 *    told of it. A second one within `AGAIN_MS` is meant.
 * F3 A sound at the very end of what the assistant says is an answer, however short.
 * F4 A voice that goes on although its turn was given is a turn anew: where the line stood still, no pause was heard.
 * F5 What is said into speech that must not be interrupted has its turn afterwards, unless it was as short as a backchannel.
 */
import type { LatencyProfile } from '../../contracts/assistant.ts';
import type { Voice } from './voice-activity.ts';

export interface CallerFloor {
  /**
   * Judges what a frame that ended at `endMs` means; `beganMsAgo` counts at an onset. `turnEndMs` of silence end the
   * caller's turn.
   */
  hear(voice: Voice, endMs: number, beganMsAgo: number, view: FloorView, turnEndMs: number): readonly FloorMove[];
  /** When the sound began that is or may become the caller's turn; undefined while there is none. */
  beganMs(): number | undefined;
  isTalking(): boolean;
  /** The end of the caller's last sound in his present turn. */
  lastVoicedMs(): number;
}

export interface FloorView {
  readonly assistantSpeaks: boolean;
  readonly mayInterrupt: boolean;
  /** Little of what the assistant says is left. */
  readonly endsSoon: boolean;
}

export type FloorMove =
  /** Fall silent and keep what was not heard: there is a sound since `beganMs`. */
  | { readonly type: 'pause'; readonly beganMs: number }
  /** Go on from what was heard. */
  | { readonly type: 'resume' }
  /** It is the caller's turn, since `beganMs`. */
  | { readonly type: 'take'; readonly beganMs: number }
  /** His turn is over; its last sound was at `lastVoicedMs`. */
  | { readonly type: 'give'; readonly lastVoicedMs: number };

type Phase =
  | { readonly type: 'idle' }
  | { readonly type: 'held'; readonly beganMs: number; readonly isPaused: boolean; readonly endsSoon: boolean }
  | { readonly type: 'talking'; readonly beganMs: number };

/** Silence that ends the caller's turn. */
export const TURN_END_MS: Readonly<Record<LatencyProfile, number>> = { fast: 400, balanced: 600, patient: 900 };

const BACKCHANNEL_MS = 600;
const SURE_MS = 300;
const AGAIN_MS = 2000;
/**
 * Dates follow the quickest message so far, so that two of them may be a little nearer to each other than the sound between
 * them is long. Half a frame: silence that is short of its length by more has a frame to come.
 */
const DATES_DIFFER_MS = 10;
const NOTHING: readonly FloorMove[] = [];
const RESUME: readonly FloorMove[] = [{ type: 'resume' }];

export function createCallerFloor(): CallerFloor {
  return new Floor();
}

class Floor implements CallerFloor {
  #phase: Phase = { type: 'idle' };
  #lastVoicedMs = 0;
  #backchannelMs = -Infinity;

  hear(voice: Voice, endMs: number, beganMsAgo: number, view: FloorView, turnEndMs: number): readonly FloorMove[] {
    const phase = this.#phase;
    if (voice !== 'quiet') this.#lastVoicedMs = endMs;
    if (phase.type === 'idle') {
      if (voice === 'quiet') return NOTHING;
      return this.#begin(voice === 'onset' ? endMs - beganMsAgo : endMs, view);
    }
    if (phase.type === 'held') return this.#weigh(phase, endMs, view);
    if (!this.#isSilentFor(turnEndMs, endMs)) return NOTHING;
    this.#phase = { type: 'idle' };
    return [{ type: 'give', lastVoicedMs: this.#lastVoicedMs }];
  }

  beganMs(): number | undefined {
    return this.#phase.type === 'idle' ? undefined : this.#phase.beganMs;
  }

  isTalking(): boolean {
    return this.#phase.type === 'talking';
  }

  lastVoicedMs(): number {
    return this.#lastVoicedMs;
  }

  #begin(beganMs: number, { assistantSpeaks, mayInterrupt, endsSoon }: FloorView): readonly FloorMove[] {
    if (!assistantSpeaks) return [this.#take(beganMs)];
    if (mayInterrupt && beganMs - this.#backchannelMs <= AGAIN_MS) return [pause(beganMs), this.#take(beganMs)];
    this.#phase = { type: 'held', beganMs, isPaused: mayInterrupt, endsSoon };
    return mayInterrupt ? [pause(beganMs)] : NOTHING;
  }

  #weigh(held: Extract<Phase, { type: 'held' }>, endMs: number, view: FloorView): readonly FloorMove[] {
    const isLong = this.#lastVoicedMs - held.beganMs >= BACKCHANNEL_MS;
    const isOver = this.#isSilentFor(SURE_MS, endMs);
    if (isOver && !isLong && !held.endsSoon) {
      this.#phase = { type: 'idle' };
      if (!held.isPaused) return NOTHING;
      this.#backchannelMs = this.#lastVoicedMs;
      return RESUME;
    }
    const isHisTurn = held.isPaused ? isLong || isOver : !view.assistantSpeaks;
    return isHisTurn ? [this.#take(held.beganMs)] : NOTHING;
  }

  #take(beganMs: number): FloorMove {
    this.#phase = { type: 'talking', beganMs };
    return { type: 'take', beganMs };
  }

  #isSilentFor(ms: number, endMs: number): boolean {
    return endMs - this.#lastVoicedMs > ms - DATES_DIFFER_MS;
  }
}

function pause(beganMs: number): FloorMove {
  return { type: 'pause', beganMs };
}
