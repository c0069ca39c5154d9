/**
 * Listens to the caller for the talk: finds his turns and lets the model hear them, from a little before their onset to
 * their end, and nothing else.
 *
 * A model that finds the turns itself hears everything; then the turns are only dated.
 */
import { createCallerFloor, type FloorMove, type FloorView, TURN_END_MS } from './caller-floor.ts';
import type { LatencyProfile, VoiceDetection } from '../../contracts/assistant.ts';
import { createHeldAudio } from './held-audio.ts';
import type { AskNet } from './line-judge.ts';
import { createVoiceActivity, GAP_MS, type VoiceActivity } from './voice-activity.ts';

export interface CallerEar {
  /** One frame of µ-law whose last sample was spoken at `endMs` and came at `atMs`. */
  hear(mulaw: Uint8Array, endMs: number, atMs: number, view: FloorView): void;
  /** Whose detection of turns the model goes by, from here on. */
  goBy(detection: 'ours' | 'models'): void;
  /** Whether there is a sound that is or may become the caller's turn. */
  isBusy(): boolean;
  isTalking(): boolean;
  lastVoicedMs(): number;
}

export interface CallerEarOptions {
  latencyProfile: LatencyProfile;
  /** `auto` unless said. */
  voiceDetection?: VoiceDetection | undefined;
  /** Absent: voices are found without it, whatever is wanted. */
  askNet?: AskNet | undefined;
  onMove: (move: FloorMove, atMs: number) => void;
  toModel: (mulaw: Uint8Array) => void;
}

const BEFORE_ONSET_MS = 200;
const KEPT_MS = 400; // an onset is found up to 140 ms late
const NOBODY_SPEAKS: FloorView = { assistantSpeaks: false, mayInterrupt: false, endsSoon: false };

export function createCallerEar(options: CallerEarOptions): CallerEar {
  return new Ear(options);
}

class Ear implements CallerEar {
  readonly #voices: VoiceActivity;
  readonly #turnEndMs: number;
  readonly #onMove: CallerEarOptions['onMove'];
  readonly #toModel: CallerEarOptions['toModel'];
  readonly #held = createHeldAudio();
  readonly #floor = createCallerFloor();
  #isOurs = true;

  constructor({ latencyProfile, voiceDetection = 'auto', askNet, onMove, toModel }: CallerEarOptions) {
    this.#voices = detectorOf(voiceDetection, askNet);
    this.#turnEndMs = TURN_END_MS[latencyProfile];
    this.#onMove = onMove;
    this.#toModel = toModel;
  }

  hear(mulaw: Uint8Array, endMs: number, atMs: number, view: FloorView): void {
    const floor = this.#floor;
    const isOurs = this.#isOurs;
    const wasTalking = floor.isTalking();
    const voice = this.#voices.hear(mulaw, view.assistantSpeaks);
    const moves = floor.hear(
      voice,
      endMs,
      this.#voices.beganMsAgo(),
      isOurs ? view : NOBODY_SPEAKS,
      isOurs ? this.#turnEndMs : GAP_MS,
    );
    if (!isOurs || wasTalking) this.#toModel(mulaw);
    else this.#held.keep(mulaw, endMs, Math.min(floor.beganMs() ?? endMs, endMs - KEPT_MS) - BEFORE_ONSET_MS);
    for (const move of moves) {
      this.#onMove(move, atMs);
      if (this.#isOurs && move.type === 'take') this.#held.release(move.beganMs - BEFORE_ONSET_MS, this.#toModel);
    }
  }

  goBy(detection: 'ours' | 'models'): void {
    this.#isOurs = detection === 'ours';
  }

  isBusy(): boolean {
    return this.#floor.beganMs() !== undefined;
  }

  isTalking(): boolean {
    return this.#floor.isTalking();
  }

  lastVoicedMs(): number {
    return this.#floor.lastVoicedMs();
  }
}

function detectorOf(detection: VoiceDetection, askNet: AskNet | undefined): VoiceActivity {
  if (!askNet || detection === 'light') return createVoiceActivity();
  return createVoiceActivity(askNet, detection === 'neural' ? 'always' : 'whereUnsure');
}
