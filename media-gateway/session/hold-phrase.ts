/** Says when a caller who hears nothing is to be told that somebody is still there. It has no clock. */
export interface HoldPhrase {
  /** True once for each time that the phrase is due; the caller of this function then plays it. */
  isDue(view: HoldView): boolean;
  /** The model has said something itself. */
  modelSpoke(): void;
}

export interface HoldView {
  atMs: number;
  /** Since when neither side has made a sound. */
  quietSinceMs: number;
  /** Since when a tool has been running that the model waits for. */
  toolSinceMs: number | undefined;
  /** Since when the model has owed an answer. */
  owedSinceMs: number | undefined;
}

const TOOL_MS = 2000;
const ANSWER_MS = 3000;
const AGAIN_MS = 3500;

export function createHoldPhrase(): HoldPhrase {
  let said = 0;
  return {
    isDue({ atMs, quietSinceMs, toolSinceMs, owedSinceMs }) {
      const waitsSinceMs = toolSinceMs ?? owedSinceMs;
      if (waitsSinceMs === undefined) return false;
      const afterMs = said > 0 ? AGAIN_MS : toolSinceMs === undefined ? ANSWER_MS : TOOL_MS;
      if (atMs - Math.max(quietSinceMs, waitsSinceMs) < afterMs) return false;
      said += 1;
      return true;
    },
    modelSpoke() {
      said = 0;
    },
  };
}
