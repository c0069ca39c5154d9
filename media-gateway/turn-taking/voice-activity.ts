/**
 * Whether the caller's frames hold a voice: by their loudness against the line's noise, and, where speech may begin, by
 * whether they sound like a voice at all. It has no clock: time is what the frames last.
 *
 * While the assistant speaks a wrong onset silences it, so that more is asked of a voice than while it listens, where a
 * missed one would leave the caller without an answer.
 *
 * Invariants:
 * V1 A key's tones are no voice, nor are the frames beside them that hold a part of one.
 * V2 The noise is learnt while nobody speaks. Speech that has lasted `ENDLESS_MS` without a gap is noise grown louder.
 */
import { decodeMulaw, sampleOf } from '../audio/mulaw.ts';
import { isKeyTone } from './key-tone.ts';
import { type AskNet, CONTEXT, createLineJudge } from './line-judge.ts';
import { createLineNoise } from './line-noise.ts';
import { PITCH_SAMPLES, pitchStrength } from './pitch-gauge.ts';
import { createSampleRing, type SampleRing } from './sample-ring.ts';
import { createSecondOpinion, type LightFinding, type SecondOpinion, type SpeechFinding } from './second-opinion.ts';

export interface VoiceActivity {
  /** Judges one frame of µ-law; `assistantSpeaks`: its voice may come back as an echo. */
  hear(mulaw: Uint8Array, assistantSpeaks: boolean): Voice;
  /** How long before the end of the last frame the present speech began; counts only from `onset` until the gap after it. */
  beganMsAgo(): number;
}

/** `onset` once, when it is sure that somebody speaks; `voiced` while it sounds; `quiet` between and without words. */
export type Voice = 'quiet' | 'onset' | 'voiced';

interface Demand {
  readonly quietestDb: number;
  /** Above the noise's floor, and above the ceiling of its pitched sounds. */
  readonly aboveFloorDb: number;
  readonly aboveCeilingDb: number;
}

interface Heard {
  readonly durationMs: number;
  readonly isLoud: boolean;
  readonly isPitched: boolean;
  /** So loud that it counts without a pitch: the hiss and the bursts with which many words begin. */
  readonly isHard: boolean;
}

/** Silence after which the next sound is a new onset. */
export const GAP_MS = 300;

// Tuned on one half of the noise set.
const WHILE_SPEAKING: Demand = { quietestDb: -42, aboveFloorDb: 9, aboveCeilingDb: 5 };
const WHILE_LISTENING: Demand = { quietestDb: -50, aboveFloorDb: 8, aboveCeilingDb: 1 };
const WITHIN_MS = 140;
const LOUD_MS = 60;
const PITCHED_MS = 40;
const PITCHED = 0.5;
const HARD_MS = 60;
const HARD_DB = 4;
const HARD_ABOVE_FLOOR_DB = 18;
const HARD_ABOVE_CEILING_DB = 5;
const NEARLY_DB = 6;
const STAYS_DB = 5; // speech may go on this much softer than it began
const ENDLESS_MS = 5000;
const NEW_LINE_DB = -70;
const FULL_SCALE_DB = 90.3;
const PRE_EMPHASIS = 0.6;
type Mutable<Finding> = { -readonly [Field in keyof Finding]: Finding[Field] };

// Of all lines, written anew for each frame: what is found in one is done with before another is heard.
const samples = new Int16Array(8000);
const found: Mutable<LightFinding> = {
  samples: 0,
  levelDb: 0,
  floorDb: 0,
  pitchedCeilingDb: 0,
  isTone: false,
  isPitched: false,
  isOnset: false,
};
const speech: Mutable<SpeechFinding> = { samples: 0, levelDb: 0, floorDb: 0, isVoiced: false };

/** Listens alone, or with a neural network: one that is asked where the light detection is unsure, or about every frame. */
export function createVoiceActivity(ask?: AskNet, asked: 'whereUnsure' | 'always' = 'whereUnsure'): VoiceActivity {
  const line = createSampleRing(ask ? CONTEXT : PITCH_SAMPLES);
  return new Detector(line, ask && createSecondOpinion(createLineJudge(ask, line), asked === 'always'));
}

class Detector implements VoiceActivity {
  readonly #line: SampleRing;
  readonly #opinion: SecondOpinion | undefined;
  readonly #noise = createLineNoise();
  readonly #recent: Heard[] = [];
  #speaking = false;
  #afterTone = false;
  #spokenMs = 0;
  #quietMs = 0;
  #beganMs = 0;

  constructor(line: SampleRing, opinion: SecondOpinion | undefined) {
    this.#line = line;
    this.#opinion = opinion;
  }

  hear(mulaw: Uint8Array, assistantSpeaks: boolean): Voice {
    const line = this.#line;
    const noise = this.#noise;
    const durationMs = mulaw.length / 8;
    const { quietestDb, aboveFloorDb, aboveCeilingDb } = assistantSpeaks ? WHILE_SPEAKING : WHILE_LISTENING;
    line.add(mulaw);
    const db = levelDb(mulaw);
    // Who speaks as soon as the line is there must not be taken for its noise.
    const unknownDb = assistantSpeaks ? undefined : NEW_LINE_DB;
    const floorDb = noise.floorDb(unknownDb);
    const onsetDb = Math.max(quietestDb, floorDb + aboveFloorDb, noise.pitchedCeilingDb(unknownDb) + aboveCeilingDb);
    if (this.#speaking) return this.#goOn(durationMs, db, onsetDb, quietestDb);
    const isClose = db > Math.max(quietestDb, floorDb + aboveFloorDb) - NEARLY_DB;
    const isTone = isClose && isKeyTone(decodeMulaw(mulaw, samples));
    const isPitched = isClose && !isTone && pitchStrength(line) > PITCHED;
    const isLoud = db > onsetDb && !isTone && !this.#afterTone;
    const hardDb = Math.max(
      quietestDb + HARD_DB,
      floorDb + HARD_ABOVE_FLOOR_DB,
      noise.ceilingDb() + HARD_ABOVE_CEILING_DB,
    );
    if (isTone) this.#forget();
    noise.follow(db, durationMs, isPitched, !isTone);
    const counts = isLoud || this.#recent.length > 0;
    found.samples = mulaw.length;
    found.levelDb = db;
    found.floorDb = floorDb;
    found.pitchedCeilingDb = noise.pitchedCeilingDb(unknownDb);
    found.isTone = isTone || this.#afterTone;
    found.isPitched = isPitched;
    found.isOnset = this.#isOnset(
      counts ? { durationMs, isLoud, isPitched: isLoud && isPitched, isHard: isLoud && db > hardDb } : undefined,
    );
    this.#afterTone = isTone;
    if (!(this.#opinion?.isOnset(found) ?? found.isOnset)) return 'quiet';
    this.#beganMs = Math.max(this.#beganMs, Math.min(this.#opinion?.nearMs() ?? 0, WITHIN_MS));
    this.#speaking = true;
    this.#spokenMs = 0;
    this.#quietMs = 0;
    return 'onset';
  }

  beganMsAgo(): number {
    return this.#beganMs;
  }

  #goOn(durationMs: number, db: number, onsetDb: number, quietestDb: number): Voice {
    this.#spokenMs += durationMs;
    this.#beganMs += durationMs;
    const isNoise = this.#spokenMs >= ENDLESS_MS;
    const isLoud = db > Math.max(quietestDb - STAYS_DB, onsetDb - STAYS_DB);
    speech.samples = 8 * durationMs;
    speech.levelDb = db;
    speech.floorDb = this.#noise.floorDb();
    speech.isVoiced = isLoud;
    const isVoiced = this.#opinion?.goesOn(speech, isNoise) ?? isLoud;
    this.#quietMs = isVoiced ? 0 : this.#quietMs + durationMs;
    this.#noise.follow(db, durationMs, true, isNoise);
    if (this.#quietMs >= GAP_MS) {
      this.#speaking = false;
      this.#forget();
    }
    return isVoiced ? 'voiced' : 'quiet';
  }

  /** Whether what was heard lately is an onset, with this frame; undefined where that is quiet and so was all before it. */
  #isOnset(heard: Heard | undefined): boolean {
    if (!heard) {
      this.#beganMs = 0;
      return false;
    }
    const recent = this.#recent;
    recent.push(heard);
    let beganMs = recent.reduce((sum, { durationMs }) => sum + durationMs, 0);
    for (let first = recent[0]; first && (beganMs > WITHIN_MS || !first.isLoud); first = recent[0]) {
      beganMs -= first.durationMs;
      recent.shift();
    }
    this.#beganMs = beganMs;
    let loudMs = 0;
    let pitchedMs = 0;
    let hardMs = 0;
    for (const { durationMs, isLoud, isPitched, isHard } of recent) {
      if (isLoud) loudMs += durationMs;
      if (isPitched) pitchedMs += durationMs;
      if (isHard) hardMs += durationMs;
    }
    return (loudMs >= LOUD_MS && pitchedMs >= PITCHED_MS) || hardMs >= HARD_MS;
  }

  #forget(): void {
    if (this.#recent.length > 0) this.#recent.length = 0;
  }
}

/** Of a frame's own sound: the last sample before it would make a voice of the silence behind a loud end. */
function levelDb(mulaw: Uint8Array): number {
  let power = 0;
  let before = sampleOf(mulaw[0] ?? 0);
  for (let n = 0; n < mulaw.length; n++) {
    const sample = sampleOf(mulaw[n] ?? 0);
    const bright = sample - PRE_EMPHASIS * before;
    before = sample;
    power += bright * bright;
  }
  return 10 * Math.log10(power / Math.max(1, mulaw.length) + 1) - FULL_SCALE_DB;
}
