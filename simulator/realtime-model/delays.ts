/** Things to do later, on a clock that comes from outside. */
export interface Delays {
  /** When the next is due; Infinity when nothing is. */
  readonly nextDueMs: number;
  at(dueMs: number, run: (atMs: number) => void): void;
  /** Does what is due, in order of time. */
  run(atMs: number): void;
  clear(): void;
}

export function createDelays(): Delays {
  let waiting: { readonly dueMs: number; readonly run: (atMs: number) => void }[] = [];
  return {
    get nextDueMs() {
      return waiting[0]?.dueMs ?? Infinity;
    },
    at(dueMs, run) {
      const after = waiting.findIndex((one) => one.dueMs > dueMs);
      waiting.splice(after === -1 ? waiting.length : after, 0, { dueMs, run });
    },
    run(atMs) {
      while (waiting[0] && waiting[0].dueMs <= atMs) waiting.shift()?.run(atMs);
    },
    clear() {
      waiting = [];
    },
  };
}
