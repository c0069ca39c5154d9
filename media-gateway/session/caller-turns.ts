/**
 * The caller's turns: one is all that he says between two answers. Its text comes later than its sound, or never.
 *
 * Text belongs to the oldest turn that waits for it. A turn that has waited `TEXT_WAIT_MS` has lost it, and text that
 * comes within `TOO_SOON_MS` of a turn's beginning cannot be of that turn yet. Where the model says which speech it wrote
 * down, that alone counts, however late it is.
 */
export interface CallerTurn {
  readonly startMs: number;
  endMs: number;
  text: string;
  speaking: boolean;
  /** Whether the assistant has answered it: what the caller says after that is another turn. */
  answered: boolean;
  /** Whether the next text is of all that was said so far, and takes the place of what there is. */
  repeated: boolean;
}

export interface CallerTurns {
  started(atMs: number): void;
  /** The turn whose speech ended, if any was going on. */
  ended(atMs: number): CallerTurn | undefined;
  /** The last turn is heard again from its beginning, and is to be answered once more. */
  repeats(): void;
  /** The turn that took the text. */
  addText(text: string, atMs: number, spokenMsAgo?: number): CallerTurn;
  /** The assistant begins to answer; returns the end of the speech that it answers, if that is known. */
  answer(): number | undefined;
  /** The turn that is going on or waits for its answer. */
  open(): CallerTurn | undefined;
  /** Whether words of the last turn have come, as it was heard last. */
  isWritten(): boolean;
}

const TEXT_WAIT_MS = 3000;
const TOO_SOON_MS = 500;
const KEPT_TURNS = 20;

export function createCallerTurns(): CallerTurns {
  const turns: CallerTurn[] = [];
  let lastTaker: CallerTurn | undefined;

  const add = (atMs: number): CallerTurn => {
    const turn = { startMs: atMs, endMs: atMs, text: '', speaking: false, answered: false, repeated: false };
    turns.push(turn);
    if (turns.length > KEPT_TURNS) turns.shift();
    return turn;
  };
  const open = (): CallerTurn | undefined => {
    const last = turns.at(-1);
    return last && !last.answered ? last : undefined;
  };
  const takerAt = (atMs: number): CallerTurn => {
    const orphan = turns.find((turn) => turn.text === '' && !turn.speaking && atMs - turn.endMs < TEXT_WAIT_MS);
    const last = turns.at(-1);
    if (orphan) return orphan;
    if (lastTaker && last?.speaking && last.text === '' && atMs - last.startMs < TOO_SOON_MS) return lastTaker;
    return last ?? add(atMs);
  };

  const spokenAt = (endMs: number): CallerTurn | undefined => turns.findLast(({ startMs }) => startMs < endMs);

  return {
    started(atMs) {
      (open() ?? add(atMs)).speaking = true;
    },
    ended(atMs) {
      const turn = turns.at(-1);
      if (!turn?.speaking) return undefined;
      turn.speaking = false;
      turn.endMs = Math.max(turn.startMs, atMs);
      return turn;
    },
    repeats() {
      const turn = turns.at(-1);
      if (!turn) return;
      turn.repeated = true;
      turn.answered = false;
    },
    addText(text, atMs, spokenMsAgo) {
      const spoken = spokenMsAgo === undefined ? undefined : spokenAt(atMs - spokenMsAgo);
      lastTaker = spoken ?? takerAt(atMs);
      lastTaker.text = lastTaker.repeated ? text : lastTaker.text + text;
      lastTaker.repeated = false;
      if (lastTaker.speaking) lastTaker.endMs = Math.max(lastTaker.endMs, atMs);
      return lastTaker;
    },
    answer() {
      const asked = open();
      for (const turn of turns) turn.answered = true;
      return asked && !asked.speaking ? asked.endMs : undefined;
    },
    open,
    isWritten() {
      const last = turns.at(-1);
      return last !== undefined && last.text !== '' && !last.repeated;
    },
  };
}
