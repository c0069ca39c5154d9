/**
 * Weighs what the light detector found against a neural network's word. The network knows a voice from music, traffic and
 * clatter, but not whose voice it is: what keeps our own echo and other people out is the level alone.
 *
 * Invariants:
 * O1 Where the network says nothing in time, what the light detector found stands, at most `LATE_MS` later.
 * O2 The network is asked while a sound is near the level of speech, anew for each sound, since it is slower to change its
 *    mind than to make it up; and about speech where that sinks into the noise, or always where that is wanted.
 * O3 Over a quiet line the light detector is never wrong, and the network is not asked unless that is wanted.
 */
import { ceilingAfter, FIRST_CEILING_DB } from './ceiling.ts';
import type { LineJudge } from './line-judge.ts';

export interface SecondOpinion {
  /** Whether somebody has begun to speak. Takes every frame in which nobody did so far. */
  isOnset(found: LightFinding): boolean;
  /** How long the present sound has been near the level of speech. */
  nearMs(): number;
  /** Takes every frame of somebody's speech; whether it still is that. `isNoise`: it has lasted too long for it. */
  goesOn(found: SpeechFinding, isNoise: boolean): boolean;
}

/** One frame of what was found to be speech: whether the light detection still takes it for that. */
export interface SpeechFinding {
  /** How many at 8 kHz it is. */
  readonly samples: number;
  readonly levelDb: number;
  readonly floorDb: number;
  readonly isVoiced: boolean;
}

/** One frame as the light detector judges it. Levels are decibels below full scale. */
export interface LightFinding {
  readonly samples: number;
  readonly levelDb: number;
  readonly floorDb: number;
  readonly pitchedCeilingDb: number;
  readonly isTone: boolean;
  readonly isPitched: boolean;
  readonly isOnset: boolean;
}

// Tuned on one half of the noise set.
const NEAR = { quietestDb: -46, aboveFloorDb: 6 };
const LOUD = { quietestDb: -42, aboveFloorDb: 8 };
const QUIET_LINE = { floorDb: -58, pitchedCeilingDb: -50 };
const NEAR_STAYS_MS = 100;
const LOUD_MS = 40;
const LOUD_WITHIN_MS = 100;
const SURELY = 0.8;
const LIKELY = 0.5;
const LIKELY_ABOVE_CEILING_DB = 4;
const HARDLY = 0.3; // less than that is no voice, unless it was found plainly
const PLAINLY_ABOVE_DB = 20;
const VOICE_LIKE = 0.2;
const ABOVE_VOICES_DB = 5;
const LATE_MS = 40;
const SOFT_DB = 8; // below the speech's loudest
const NOISE_ABOVE_FLOOR_DB = 16;
const SOFT_MS = 60;
const PEAK_FALL_DB_PER_S = 6;

export function createSecondOpinion(judge: LineJudge, isAlwaysAsked: boolean): SecondOpinion {
  return new Opinion(judge, isAlwaysAsked);
}

class Opinion implements SecondOpinion {
  readonly #judge: LineJudge;
  readonly #isAlwaysAsked: boolean;
  readonly #recent = new RecentSound();
  #voicesDb = FIRST_CEILING_DB; // what other people on the line seldom exceed
  #nearMs = 0;
  #farMs = Infinity;
  #lateMs = 0;
  #lastDb = -Infinity;
  #peakDb = -Infinity; // of the present speech
  #softMs = 0;
  #isUnsure = false; // whether what is soft now may be the noise

  constructor(judge: LineJudge, isAlwaysAsked: boolean) {
    this.#judge = judge;
    this.#isAlwaysAsked = isAlwaysAsked;
  }

  isOnset(found: LightFinding): boolean {
    const judge = this.#judge;
    const { samples, levelDb, floorDb } = found;
    const durationMs = samples / 8;
    const near = this.#isNear(found, durationMs);
    const loud = this.#isLoud(found, durationMs);
    judge.hear(samples, near && (this.#isAlwaysAsked || !isOverQuietLine(found)));
    const likeness = judge.likeness();
    const isAboveVoices = Math.max(levelDb, this.#lastDb) > this.#voicesDb + ABOVE_VOICES_DB;
    this.#lastDb = levelDb;
    this.#peakDb = levelDb;
    this.#softMs = 0;
    this.#isUnsure = false;
    this.#followVoices(levelDb, durationMs, floorDb, likeness === undefined ? found.isPitched : likeness >= VOICE_LIKE);
    if (likeness === undefined) {
      this.#lateMs = found.isOnset ? this.#lateMs + durationMs : 0;
      return found.isOnset && (this.#lateMs > LATE_MS || !judge.isThinking());
    }
    const aboveDb = levelDb - found.pitchedCeilingDb;
    const enough = aboveDb > LIKELY_ABOVE_CEILING_DB ? LIKELY : SURELY;
    if (near && loud && isAboveVoices && likeness >= enough) return true;
    const isPlain = Math.min(aboveDb, levelDb - this.#voicesDb) > PLAINLY_ABOVE_DB;
    return found.isOnset && (isPlain || likeness >= HARDLY);
  }

  nearMs(): number {
    return this.#nearMs;
  }

  goesOn({ samples, levelDb, floorDb, isVoiced }: SpeechFinding, isNoise: boolean): boolean {
    this.#recent.clear();
    this.#nearMs = 0;
    this.#farMs = Infinity;
    this.#lateMs = 0;
    const durationMs = samples / 8;
    this.#peakDb = Math.max(levelDb, this.#peakDb - (PEAK_FALL_DB_PER_S * durationMs) / 1000);
    this.#softMs = levelDb < this.#peakDb - SOFT_DB ? this.#softMs + durationMs : 0;
    this.#isUnsure = this.#softMs > 0 && (this.#isUnsure || (isVoiced && levelDb < floorDb + NOISE_ABOVE_FLOOR_DB));
    this.#judge.hear(samples, this.#isAlwaysAsked || (this.#isUnsure && this.#softMs >= SOFT_MS));
    if (isNoise) this.#followVoices(levelDb, durationMs, floorDb, true);
    return isVoiced && (this.#judge.likeness() ?? 1) >= VOICE_LIKE;
  }

  #isNear({ levelDb, floorDb, isTone }: LightFinding, durationMs: number): boolean {
    const isNow = !isTone && levelDb > Math.max(NEAR.quietestDb, floorDb + NEAR.aboveFloorDb);
    this.#farMs = isNow ? 0 : this.#farMs + durationMs;
    this.#nearMs = this.#farMs < NEAR_STAYS_MS ? this.#nearMs + durationMs : 0;
    return this.#nearMs > 0;
  }

  #isLoud({ levelDb, floorDb, isTone }: LightFinding, durationMs: number): boolean {
    const isNow = !isTone && levelDb > Math.max(LOUD.quietestDb, floorDb + LOUD.aboveFloorDb);
    this.#recent.add(durationMs, isNow);
    return this.#recent.loudMs() >= LOUD_MS;
  }

  #followVoices(levelDb: number, durationMs: number, floorDb: number, isLike: boolean): void {
    if (isLike || levelDb < this.#voicesDb) this.#voicesDb = ceilingAfter(this.#voicesDb, levelDb, durationMs, floorDb);
  }
}

function isOverQuietLine({ floorDb, pitchedCeilingDb }: LightFinding): boolean {
  return floorDb < QUIET_LINE.floorDb && pitchedCeilingDb < QUIET_LINE.pitchedCeilingDb;
}

/** How much of the last moments was loud. */
class RecentSound {
  readonly #frames: number[] = []; // milliseconds of each, negative where it was not loud; none before the first loud one
  #keptMs = 0;
  #loudMs = 0;

  add(durationMs: number, isLoud: boolean): void {
    if (!isLoud && this.#loudMs === 0) return this.clear();
    this.#frames.push(isLoud ? durationMs : -durationMs);
    this.#keptMs += durationMs;
    if (isLoud) this.#loudMs += durationMs;
    while (this.#keptMs > LOUD_WITHIN_MS) {
      const oldest = this.#frames.shift() ?? 0;
      this.#keptMs -= Math.abs(oldest);
      this.#loudMs -= Math.max(0, oldest);
    }
    return undefined;
  }

  loudMs(): number {
    return this.#loudMs;
  }

  clear(): void {
    if (this.#frames.length === 0) return;
    this.#frames.length = 0;
    this.#keptMs = 0;
    this.#loudMs = 0;
  }
}
