/**
 * The assistant's turns: one is one answer of the model. It lasts until its last sample was heard, or until it was cut.
 *
 * Text arrives before, with and after the sound that it belongs to. What comes after the model's turn is over is kept
 * for the next answer, unless that is `STRAY_MS` away: then it was the last one's after all.
 */
import { type AssistantUtterance, createAssistantUtterance } from './assistant-utterance.ts';

export interface AssistantTurn {
  readonly utterance: AssistantUtterance;
  /** When its first sample was sent; absent while it waits. */
  startMs?: number;
  latencyMs?: number;
  /** When it was last known to be heard. */
  endMs: number;
  /** The position up to which it was heard. */
  heard: number;
  cut: boolean;
  /** Heard to its end, or cut: only its text may still change. */
  done: boolean;
}

export interface AssistantTurns {
  /** Audio was queued, its first sample at `position`. */
  addAudio(mulaw: Uint8Array, position: number, atMs: number): void;
  /** The turn whose text changed, if it has been heard to its end already. */
  addText(text: string, atMs: number): AssistantTurn | undefined;
  /** Turns of which the first sample lies before this position and was not sent before now. */
  beginning(position: number): AssistantTurn[];
  /** Turns that the caller heard more of; those of them that ended are done. */
  hear(position: number, atMs: number): readonly AssistantTurn[];
  /** The model has said all of the present answer; returns the turn if that changes it. */
  complete(atMs: number): AssistantTurn | undefined;
  /** The model's turn is over, however it ended. */
  over(atMs: number): AssistantTurn | undefined;
  /** Playback stopped at this position and what was queued is gone; returns what was going on. */
  cut(position: number, atMs: number): AssistantTurn[];
}

const STRAY_MS = 1500;
const NONE: readonly AssistantTurn[] = [];

export function createAssistantTurns(): AssistantTurns {
  let turns: AssistantTurn[] = []; // not done, and the last one
  let over = true;
  let early: { text: string; atMs: number } | undefined;
  let rate: number | undefined;

  const finish = (turn: AssistantTurn): AssistantTurn => {
    turn.done = true;
    rate = turn.utterance.rate() ?? rate;
    return turn;
  };
  const forget = (): void => {
    turns = turns.filter((turn, index) => !turn.done || index === turns.length - 1);
  };
  const complete = (): AssistantTurn | undefined => {
    const last = turns.at(-1);
    if (!last || last.cut || last.utterance.isComplete()) return undefined;
    last.utterance.complete();
    return last.heard >= last.utterance.end() ? finish(last) : last;
  };

  return {
    addAudio(mulaw, position, atMs) {
      let last = turns.at(-1);
      if (!last || last.cut || last.utterance.isComplete()) {
        if (early && atMs - early.atMs >= STRAY_MS) last?.utterance.addText(early.text);
        const utterance = createAssistantUtterance(position, () => rate);
        if (early && atMs - early.atMs < STRAY_MS) utterance.addText(early.text);
        early = undefined;
        last = { utterance, endMs: atMs, heard: position, cut: false, done: false };
        turns.push(last);
        forget();
      }
      over = false;
      last.utterance.addAudio(mulaw);
    },
    addText(text, atMs) {
      const last = turns.at(-1);
      if (!last || (over && last.utterance.text() !== '')) {
        early = { text: (early?.text ?? '') + text, atMs };
        return undefined;
      }
      last.utterance.addText(text);
      return last.done ? last : undefined;
    },
    beginning: (position) =>
      turns.filter((turn) => turn.startMs === undefined && !turn.done && position > turn.utterance.start),
    hear(position, atMs) {
      let heardMore: AssistantTurn[] | undefined;
      for (const turn of turns) {
        if (turn.done || position <= turn.heard) continue;
        const end = turn.utterance.end();
        turn.heard = Math.min(position, end);
        turn.endMs = atMs;
        if (turn.utterance.isComplete() && position >= end) finish(turn);
        heardMore = [...(heardMore ?? NONE), turn];
      }
      if (heardMore?.some(({ done }) => done)) forget();
      return heardMore ?? NONE;
    },
    complete,
    over() {
      over = true;
      return complete();
    },
    cut(position, atMs) {
      const going = turns.filter((turn) => !turn.done);
      for (const turn of going) {
        const { utterance } = turn;
        turn.cut = position < utterance.end() || !utterance.isComplete();
        turn.heard = Math.max(utterance.start, Math.min(position, utterance.end()));
        turn.endMs = atMs;
        finish(turn);
      }
      forget();
      early = undefined;
      return going;
    },
  };
}
