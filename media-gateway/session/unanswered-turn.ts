/**
 * What the caller says in a turn that is not answered yet, as it was sent: the model may die over it. One whose answer
 * has begun is kept until its words have come, the answer is whole, or more of it was heard than bears repeating.
 */
export interface UnansweredTurn {
  begin(): void;
  add(mulaw: Uint8Array): void;
  end(): void;
  /** More of its answer comes. */
  answerComes(atMs: number): void;
  /** Its words have come, or its answer is whole. */
  answerSuffices(): void;
  forget(): void;
  /** Hands out a copy of what there is of it, and forgets it. */
  take(): KeptTurn | undefined;
}

export interface KeptTurn {
  readonly audio: Uint8Array;
  /** Whether the caller had ended it. */
  readonly isOver: boolean;
  /** Whether a beginning of its answer had come. */
  readonly isBegun: boolean;
}

const BEARS_REPEATING_MS = 2000;
const FIRST_BYTES = 16_000; // 2 s: few turns are longer
const MAX_BYTES = 64_000; // 8 s; of a longer turn the second half stays
const MAX_SPARE = 64;
/** Few callers speak at once: what a turn was kept in serves the next one, of whatever call. */
const spare: Uint8Array[] = [];

export function createUnansweredTurn(): UnansweredTurn {
  let bytes: Uint8Array | undefined;
  let length = 0;
  let isOver = false;
  let answerBeganMs: number | undefined;

  const forget = (): void => {
    if (bytes?.length === FIRST_BYTES && spare.length < MAX_SPARE) spare.push(bytes);
    bytes = undefined;
    answerBeganMs = undefined;
  };

  return {
    begin() {
      bytes ??= spare.pop() ?? new Uint8Array(FIRST_BYTES);
      length = 0;
      isOver = false;
      answerBeganMs = undefined;
    },
    add(mulaw) {
      if (!bytes) return;
      const piece = mulaw.length > MAX_BYTES / 2 ? mulaw.subarray(-MAX_BYTES / 2) : mulaw;
      if (length + piece.length > MAX_BYTES) {
        bytes.copyWithin(0, length - MAX_BYTES / 2, length);
        length = MAX_BYTES / 2;
      }
      if (length + piece.length > bytes.length) bytes = enlarged(bytes, length + piece.length);
      bytes.set(piece, length);
      length += piece.length;
    },
    end() {
      isOver = true;
    },
    answerComes(atMs) {
      if (!bytes || !isOver) return;
      answerBeganMs ??= atMs;
      if (atMs - answerBeganMs >= BEARS_REPEATING_MS) forget();
    },
    answerSuffices() {
      if (answerBeganMs !== undefined) forget();
    },
    forget,
    take() {
      const turn = bytes && { audio: bytes.slice(0, length), isOver, isBegun: answerBeganMs !== undefined };
      forget();
      return turn;
    },
  };
}

/** The same at the beginning of something larger. */
function enlarged(bytes: Uint8Array, needed: number): Uint8Array {
  const larger = new Uint8Array(Math.min(MAX_BYTES, Math.max(needed, 2 * bytes.length)));
  larger.set(bytes);
  return larger;
}
