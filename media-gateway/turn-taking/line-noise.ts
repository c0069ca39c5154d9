import { ceilingAfter, FIRST_CEILING_DB } from './ceiling.ts';

const FLOOR_WINDOW_MS = 700;
const FLOOR_WINDOWS = 3; // speech dips into the noise within two seconds, whatever the speaker
const SILENT_DB = -70;
const NEW_MS = 2000;

/** What is known of the noise on a caller's line. Levels are decibels below full scale. */
export interface LineNoise {
  /** Its lowest level of the last seconds. On a line that is new, `unknownDb` where that is given, here and below. */
  floorDb(unknownDb?: number): number;
  /** What it seldom exceeds, and the same of its sounds that have a pitch. */
  ceilingDb(): number;
  pitchedCeilingDb(unknownDb?: number): number;
  /** Takes a frame's level; `isNoise`: nobody speaks, so that the ceilings may learn from it. */
  follow(levelDb: number, durationMs: number, isPitched: boolean, isNoise: boolean): void;
}

/** Follows levels as they come, in the time that the frames last. */
export function createLineNoise(): LineNoise {
  return new FollowedNoise();
}

class FollowedNoise implements LineNoise {
  readonly #lows: number[] = [];
  #heardMs = 0;
  #low = Infinity;
  #windowMs = 0;
  #floorDb = SILENT_DB;
  #ceilingDb = FIRST_CEILING_DB;
  #pitchedCeilingDb = FIRST_CEILING_DB;

  floorDb(unknownDb?: number): number {
    return this.#known(this.#floorDb, unknownDb);
  }

  ceilingDb(): number {
    return this.#ceilingDb;
  }

  pitchedCeilingDb(unknownDb?: number): number {
    return this.#known(this.#pitchedCeilingDb, unknownDb);
  }

  follow(levelDb: number, durationMs: number, isPitched: boolean, isNoise: boolean): void {
    this.#floorDb = this.#heardMs === 0 ? levelDb : Math.min(this.#floorDb, levelDb);
    this.#heardMs += durationMs;
    this.#low = Math.min(this.#low, levelDb);
    this.#windowMs += durationMs;
    if (this.#windowMs >= FLOOR_WINDOW_MS) this.#closeWindow();
    if (!isNoise) return;
    this.#ceilingDb = ceilingAfter(this.#ceilingDb, levelDb, durationMs, this.#floorDb);
    if (isPitched || levelDb < this.#pitchedCeilingDb)
      this.#pitchedCeilingDb = ceilingAfter(this.#pitchedCeilingDb, levelDb, durationMs, this.#floorDb);
  }

  #known(db: number, unknownDb: number | undefined): number {
    return this.#heardMs < NEW_MS ? (unknownDb ?? db) : db;
  }

  #closeWindow(): void {
    this.#lows.push(this.#low);
    if (this.#lows.length > FLOOR_WINDOWS) this.#lows.shift();
    this.#low = Infinity;
    this.#windowMs = 0;
    this.#floorDb = Math.min(...this.#lows);
  }
}
