/** When a gateway that drains gives a call up: at a lull between two turns, or when its time for that is over. */
export interface SessionDrain {
  /** The call is to be given up, at `byMs` at the latest; an earlier time counts. */
  begin(byMs: number): void;
  isUnderWay(): boolean;
  /** How the call is to be given up now, if it is. */
  due(view: DrainView): 'at-pause' | 'in-time' | undefined;
}

export interface DrainView {
  atMs: number;
  /** Since when neither side has made a sound. */
  quietSinceMs: number;
  /** Whether nobody is in the middle of something that would have to begin again. */
  isAtPause: () => boolean;
}

/** A caller who answers does so between these: a call that changed hands then would lose what he says first. */
const ANSWERS_MS = { from: 200, until: 4000 };

export function createSessionDrain(): SessionDrain {
  let latestMs: number | undefined;
  return {
    begin(byMs) {
      latestMs = Math.min(latestMs ?? byMs, byMs);
    },
    isUnderWay: () => latestMs !== undefined,
    due({ atMs, quietSinceMs, isAtPause }) {
      if (latestMs === undefined) return undefined;
      const quietMs = atMs - quietSinceMs;
      const isLull = quietMs <= ANSWERS_MS.from || quietMs >= ANSWERS_MS.until;
      if (isLull && isAtPause()) return 'at-pause';
      return atMs >= latestMs ? 'in-time' : undefined;
    },
  };
}
