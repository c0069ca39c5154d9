const RISE_DB_PER_S = 5;
const FALL_DB_PER_S = 0.5; // a tenth of it: the level that one frame of eleven exceeds

/** What a sound seldom exceeds, in decibels below full scale. */
export interface Ceiling {
  db(): number;
  /** Takes the level of a frame; it never falls below `floorDb`. */
  follow(levelDb: number, durationMs: number, floorDb: number): void;
}

export function createCeiling(startDb = -60): Ceiling {
  let db = startDb;
  return {
    db: () => db,
    follow(levelDb, durationMs, floorDb) {
      const perSecond = levelDb > db ? RISE_DB_PER_S : -FALL_DB_PER_S;
      db = Math.max(floorDb, db + (perSecond * durationMs) / 1000);
    },
  };
}
