import { AppError } from '../contracts/errors.ts';

/** Whether models can be had, judged by the openings of late. */
export interface ModelHealth {
  opened(): void;
  failed(failure: unknown): void;
  answer(): boolean;
}

const MANY = 3;
/** After this long without an attempt nobody knows. */
const KNOWN_FOR_MS = 60_000;

export function createModelHealth(nowMs: () => number): ModelHealth {
  let inARow = 0;
  let lastMs = -Infinity;
  return {
    opened() {
      inARow = 0;
    },
    failed(failure) {
      // A refusal is an answer: one tenant's key is wrong.
      if (failure instanceof AppError && failure.code === 'model-refused') return;
      inARow += 1;
      lastMs = nowMs();
    },
    answer: () => inARow < MANY || nowMs() - lastMs > KNOWN_FOR_MS,
  };
}
