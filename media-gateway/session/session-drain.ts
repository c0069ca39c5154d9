/** When a gateway that drains gives a call up: at a lull between two turns, or when its time for that is over. */
export interface SessionDrain {
  /** The call is to be given up, at `byMs` at the latest; an earlier time counts. */
  begin(byMs: number): void;
  /**
   * Another gateway may hear the caller before: while that is not known, the call stays, for `ASKING_MS` at most. `nowMs`:
   * the clock of `due`.
   */
  awaitSuccessor(hears: Promise<boolean>, nowMs: () => number): Promise<void>;
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
const ASKING_MS = 4000;
/** A voice is known for one by then. */
const VOICE_KNOWN_MS = 150;
/** The other gateway hears the caller for 30 s; the carrier's new stream must begin within them. */
const SUCCESSOR_HEARS_MS = 25_000;

export function createSessionDrain(): SessionDrain {
  let latestMs: number | undefined;
  let askingUntilMs = -Infinity;
  let heardUntilMs = -Infinity;

  /** Who is heard meanwhile may begin to speak at any time. */
  const isLull = (quietMs: number, atMs: number): boolean => {
    if (atMs <= heardUntilMs) return quietMs >= VOICE_KNOWN_MS;
    if (atMs <= askingUntilMs) return false;
    return quietMs <= ANSWERS_MS.from || quietMs >= ANSWERS_MS.until;
  };

  return {
    begin(byMs) {
      latestMs = Math.min(latestMs ?? byMs, byMs);
    },
    async awaitSuccessor(hears, nowMs) {
      askingUntilMs = nowMs() + ASKING_MS;
      if (await hears) heardUntilMs = nowMs() + SUCCESSOR_HEARS_MS;
      askingUntilMs = -Infinity;
    },
    isUnderWay: () => latestMs !== undefined,
    due({ atMs, quietSinceMs, isAtPause }) {
      if (latestMs === undefined) return undefined;
      if (isLull(atMs - quietSinceMs, atMs) && isAtPause()) return 'at-pause';
      return atMs >= latestMs ? 'in-time' : undefined;
    },
  };
}
