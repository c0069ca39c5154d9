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
  const recent = createRecentSound(LOUD_WITHIN_MS);
  const sound = {
    voicesDb: FIRST_CEILING_DB, // what other people on the line seldom exceed
    nearMs: 0,
    farMs: Infinity,
    lateMs: 0,
    lastDb: -Infinity,
    peakDb: -Infinity, // of the present speech
    softMs: 0,
  };
  let isUnsure = false; // whether what is soft now may be the noise

  const isNear = (found: LightFinding, durationMs: number): boolean => {
    const { levelDb, floorDb, isTone } = found;
    const isNow = !isTone && levelDb > Math.max(NEAR.quietestDb, floorDb + NEAR.aboveFloorDb);
    sound.farMs = isNow ? 0 : sound.farMs + durationMs;
    sound.nearMs = sound.farMs < NEAR_STAYS_MS ? sound.nearMs + durationMs : 0;
    return sound.nearMs > 0;
  };
  const isLoud = ({ levelDb, floorDb, isTone }: LightFinding, durationMs: number): boolean => {
    const isNow = !isTone && levelDb > Math.max(LOUD.quietestDb, floorDb + LOUD.aboveFloorDb);
    recent.add(durationMs, isNow);
    return recent.loudMs() >= LOUD_MS;
  };
  const followVoices = (levelDb: number, durationMs: number, floorDb: number, isLike: boolean): void => {
    if (isLike || levelDb < sound.voicesDb) sound.voicesDb = ceilingAfter(sound.voicesDb, levelDb, durationMs, floorDb);
  };

  return {
    isOnset(found) {
      const { samples, levelDb, floorDb } = found;
      const durationMs = samples / 8;
      const near = isNear(found, durationMs);
      const loud = isLoud(found, durationMs);
      judge.hear(samples, near && (isAlwaysAsked || !isOverQuietLine(found)));
      const likeness = judge.likeness();
      const isAboveVoices = Math.max(levelDb, sound.lastDb) > sound.voicesDb + ABOVE_VOICES_DB;
      sound.lastDb = levelDb;
      sound.peakDb = levelDb;
      sound.softMs = 0;
      isUnsure = false;
      followVoices(levelDb, durationMs, floorDb, likeness === undefined ? found.isPitched : likeness >= VOICE_LIKE);
      if (likeness === undefined) {
        sound.lateMs = found.isOnset ? sound.lateMs + durationMs : 0;
        return found.isOnset && (sound.lateMs > LATE_MS || !judge.isThinking());
      }
      const aboveDb = levelDb - found.pitchedCeilingDb;
      const enough = aboveDb > LIKELY_ABOVE_CEILING_DB ? LIKELY : SURELY;
      if (near && loud && isAboveVoices && likeness >= enough) return true;
      const isPlain = Math.min(aboveDb, levelDb - sound.voicesDb) > PLAINLY_ABOVE_DB;
      return found.isOnset && (isPlain || likeness >= HARDLY);
    },
    nearMs: () => sound.nearMs,
    goesOn({ samples, levelDb, floorDb, isVoiced }, isNoise) {
      recent.clear();
      sound.nearMs = 0;
      sound.farMs = Infinity;
      sound.lateMs = 0;
      const durationMs = samples / 8;
      sound.peakDb = Math.max(levelDb, sound.peakDb - (PEAK_FALL_DB_PER_S * durationMs) / 1000);
      sound.softMs = levelDb < sound.peakDb - SOFT_DB ? sound.softMs + durationMs : 0;
      isUnsure = sound.softMs > 0 && (isUnsure || (isVoiced && levelDb < floorDb + NOISE_ABOVE_FLOOR_DB));
      judge.hear(samples, isAlwaysAsked || (isUnsure && sound.softMs >= SOFT_MS));
      if (isNoise) followVoices(levelDb, durationMs, floorDb, true);
      return isVoiced && (judge.likeness() ?? 1) >= VOICE_LIKE;
    },
  };
}

function isOverQuietLine({ floorDb, pitchedCeilingDb }: LightFinding): boolean {
  return floorDb < QUIET_LINE.floorDb && pitchedCeilingDb < QUIET_LINE.pitchedCeilingDb;
}

/** How much of the last `withinMs` was loud. */
function createRecentSound(withinMs: number) {
  const frames: number[] = []; // milliseconds of each, negative where it was not loud
  let keptMs = 0;
  let loudMs = 0;
  return {
    add(durationMs: number, isLoud: boolean): void {
      if (!isLoud && loudMs === 0) return this.clear();
      frames.push(isLoud ? durationMs : -durationMs);
      keptMs += durationMs;
      if (isLoud) loudMs += durationMs;
      while (keptMs > withinMs) {
        const oldest = frames.shift() ?? 0;
        keptMs -= Math.abs(oldest);
        loudMs -= Math.max(0, oldest);
      }
      return undefined;
    },
    loudMs: (): number => loudMs,
    clear(): void {
      if (frames.length > 0) frames.length = 0; // which costs, empty or not
      keptMs = 0;
      loudMs = 0;
    },
  };
}
