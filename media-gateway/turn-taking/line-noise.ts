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
  const lows: number[] = [];
  // In one object, whose numbers are changed in place: each that a closure captures is made anew whenever it changes.
  const heard = {
    ms: 0,
    low: Infinity,
    windowMs: 0,
    floorDb: SILENT_DB,
    ceilingDb: FIRST_CEILING_DB,
    pitchedCeilingDb: FIRST_CEILING_DB,
  };

  const known = (db: number, unknownDb: number | undefined): number => (heard.ms < NEW_MS ? (unknownDb ?? db) : db);
  return {
    floorDb: (unknownDb) => known(heard.floorDb, unknownDb),
    ceilingDb: () => heard.ceilingDb,
    pitchedCeilingDb: (unknownDb) => known(heard.pitchedCeilingDb, unknownDb),
    follow(levelDb, durationMs, isPitched, isNoise) {
      heard.floorDb = heard.ms === 0 ? levelDb : Math.min(heard.floorDb, levelDb);
      heard.ms += durationMs;
      heard.low = Math.min(heard.low, levelDb);
      heard.windowMs += durationMs;
      if (heard.windowMs >= FLOOR_WINDOW_MS) {
        lows.push(heard.low);
        if (lows.length > FLOOR_WINDOWS) lows.shift();
        heard.low = Infinity;
        heard.windowMs = 0;
        heard.floorDb = Math.min(...lows);
      }
      if (!isNoise) return;
      const { floorDb, pitchedCeilingDb } = heard;
      heard.ceilingDb = ceilingAfter(heard.ceilingDb, levelDb, durationMs, floorDb);
      if (isPitched || levelDb < pitchedCeilingDb)
        heard.pitchedCeilingDb = ceilingAfter(pitchedCeilingDb, levelDb, durationMs, floorDb);
    },
  };
}
