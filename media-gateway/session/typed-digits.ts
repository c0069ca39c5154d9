/** Keys that the caller presses, gathered until he pauses. */
export interface TypedDigits {
  press(digit: string, atMs: number): void;
  /** The digits of an entry that is over, once. */
  take(atMs: number): string | undefined;
  /** What was pressed so far, over or not. */
  takeAll(): string;
}

export function createTypedDigits(pauseMs: number): TypedDigits {
  let digits = '';
  let pressedMs = 0;
  const takeAll = (): string => {
    const typed = digits;
    digits = '';
    return typed;
  };

  return {
    press(digit, atMs) {
      digits += digit;
      pressedMs = atMs;
    },
    take(atMs) {
      if (digits === '' || atMs - pressedMs < pauseMs) return undefined;
      return takeAll();
    },
    takeAll,
  };
}
