const RISE_DB_PER_S = 5;
const FALL_DB_PER_S = 0.5; // a tenth of it: the level that one frame of eleven exceeds

/** What a sound was taken to seldom exceed before anything was heard of it, in decibels below full scale. */
export const FIRST_CEILING_DB = -60;

/** What a sound seldom exceeds, that of before being `db`, after a frame at `levelDb`; it never falls below `floorDb`. */
export function ceilingAfter(db: number, levelDb: number, durationMs: number, floorDb: number): number {
  const perSecond = levelDb > db ? RISE_DB_PER_S : -FALL_DB_PER_S;
  return Math.max(floorDb, db + (perSecond * durationMs) / 1000);
}
