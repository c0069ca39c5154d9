import { createCeiling } from './ceiling.ts';

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
  const lows: number[] = [];
  let heardMs = 0;
  let low = Infinity;
  let windowMs = 0;
  let floorDb = SILENT_DB;
  const ceiling = createCeiling();
  const pitchedCeiling = createCeiling();

  const known = (db: number, unknownDb: number | undefined): number => (heardMs < NEW_MS ? (unknownDb ?? db) : db);
  return {
    floorDb: (unknownDb) => known(floorDb, unknownDb),
    ceilingDb: () => ceiling.db(),
    pitchedCeilingDb: (unknownDb) => known(pitchedCeiling.db(), unknownDb),
    follow(levelDb, durationMs, isPitched, isNoise) {
      floorDb = heardMs === 0 ? levelDb : Math.min(floorDb, levelDb);
      heardMs += durationMs;
      low = Math.min(low, levelDb);
      windowMs += durationMs;
      if (windowMs >= FLOOR_WINDOW_MS) {
        lows.push(low);
        if (lows.length > FLOOR_WINDOWS) lows.shift();
        low = Infinity;
        windowMs = 0;
        floorDb = Math.min(...lows);
      }
      if (!isNoise) return;
      ceiling.follow(levelDb, durationMs, floorDb);
      if (isPitched || levelDb < pitchedCeiling.db()) pitchedCeiling.follow(levelDb, durationMs, floorDb);
    },
  };
}
