/** Keys that the caller presses, gathered until he pauses. */
export interface TypedDigits {
  press(digit: string, atMs: number): void;
  /** The digits of an entry that is over, once. */
  take(atMs: number): string | undefined;
}

const PAUSE_MS = 1200;

export function createTypedDigits(): TypedDigits {
  let digits = '';
  let pressedMs = 0;
  return {
    press(digit, atMs) {
      digits += digit;
      pressedMs = atMs;
    },
    take(atMs) {
      if (digits === '' || atMs - pressedMs < PAUSE_MS) return undefined;
      const typed = digits;
      digits = '';
      return typed;
    },
  };
}
