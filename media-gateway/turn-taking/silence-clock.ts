/** Says when a caller who says nothing is to be asked whether he is there, and when that has been asked often enough. */
export interface SilenceClock {
  /** `quietMs`: how long neither side has made a sound; 0 while it is the assistant's turn. Each answer is given once. */
  tick(quietMs: number): 'remind' | 'hangUp' | undefined;
  callerWasHeard(): void;
}

const USUAL = { remindAfterMs: 10_000, reminders: 2 };

export function createSilenceClock({ remindAfterMs, reminders } = USUAL): SilenceClock {
  let reminded = 0;
  let isDue = true; // false until the quiet that was answered is broken
  return {
    tick(quietMs) {
      if (quietMs < remindAfterMs) {
        isDue = true;
        return undefined;
      }
      if (!isDue) return undefined;
      isDue = false;
      reminded += 1;
      return reminded > reminders ? 'hangUp' : 'remind';
    },
    callerWasHeard() {
      reminded = 0;
    },
  };
}
