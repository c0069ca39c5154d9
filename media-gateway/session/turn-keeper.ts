/**
 * Who said what, when, and what was heard of it: the rows of a call's transcript out of speech, audio and texts that
 * arrive unaligned.
 *
 * Invariants:
 * T1 A turn keeps its `seq`; each later version of it is a completion. Numbers are given at a turn's first version.
 * T2 An assistant's turn in progress is shown every `SHOW_EVERY_MS`, as interrupted at what was heard: should nobody
 *    come back to it, that is what happened.
 */
import type { LanguageTag } from '../../contracts/languages.ts';
import type { Turn } from '../../contracts/turns.ts';
import { type AssistantTurn, createAssistantTurns } from './assistant-turns.ts';
import { type CallerTurn, createCallerTurns } from './caller-turns.ts';

export interface TurnKeeper {
  /** The language of what is said from here on. */
  speakIn(language: LanguageTag): void;
  callerStarted(atMs: number): void;
  callerEnded(atMs: number): void;
  /** Returns all that the caller has said in the turn that the text belongs to; `spokenMsAgo` tells which, if known. */
  callerText(text: string, atMs: number, spokenMsAgo?: number): string;
  /** A model hears the caller's last turn again from its beginning: what it writes down is all of it. */
  callerRepeats(): void;
  /** Whether words of the caller's last turn have come. */
  callerIsWritten(): boolean;
  /** The caller has typed something sensitive, of which nothing is kept but when. */
  callerTyped(beganMs: number, endedMs: number): void;
  /** Audio of the assistant was queued, its first sample at `position`. */
  assistantAudio(mulaw: Uint8Array, position: number, atMs: number): void;
  assistantText(text: string, atMs: number): void;
  /** Playback was given everything before this position. */
  assistantSent(position: number, atMs: number): void;
  /** The caller has heard everything before this position. */
  assistantHeard(position: number, atMs: number): void;
  /** The model has said all of the present answer. */
  answerComplete(atMs: number): void;
  /** The model's turn is over, whole or interrupted. */
  modelTurnOver(atMs: number): void;
  /** The model is gone, and with it the words of an answer of which none had come. */
  modelLost(atMs: number): void;
  /** Playback stopped at this position and what was queued is gone. */
  cut(position: number, atMs: number): void;
  /** Turns that are new or have changed since the last time. */
  takeChanged(): readonly Turn[];
  lastSeq(): number;
  /** What was said and heard so far, as a model is told about it. */
  history(): { speaker: 'caller' | 'assistant'; text: string }[];
  /** Whether the caller speaks, or has spoken lately and not been answered. */
  callerWaits(atMs: number): boolean;
  /** When the caller ended what has not been answered; undefined while he speaks, and for a sound too short for words. */
  callerWaitsSince(atMs: number): number | undefined;
}

const NONE: readonly Turn[] = [];
const SHORTEST_TURN_MS = 120;
const SHOW_EVERY_MS = 1000;
const KEPT_TURNS = 400;
const SHORTEST_WORDS_MS = 400;
const PATIENCE_MS = 8000; // what got no answer for so long was a noise

/** Times are milliseconds on the call's clock, positions are playout's. */
export function createTurnKeeper(begin: { epoch: number; language: LanguageTag }): TurnKeeper {
  const { epoch } = begin;
  let { language } = begin;
  const callerTurns = createCallerTurns();
  const assistantTurns = createAssistantTurns();
  const numbers = new WeakMap<object, number>();
  const latest = new Map<number, Turn>();
  const changed = new Set<number>();
  let lastSeq = 0;
  let shownMs = 0;
  let talkedMs = 0; // when the assistant was last heard

  const put = (of: object, turn: Omit<Turn, 'epoch' | 'seq' | 'textMissing' | 'language'>): void => {
    const seq = numbers.get(of) ?? ++lastSeq;
    numbers.set(of, seq);
    const startMs = Math.round(turn.startMs);
    latest.set(seq, {
      ...turn,
      epoch,
      seq,
      language,
      textMissing: turn.text === '' && !turn.sensitive,
      startMs,
      endMs: Math.max(startMs, Math.round(turn.endMs)),
    });
    changed.add(seq);
    const [oldest] = latest.keys();
    if (latest.size > KEPT_TURNS && oldest !== undefined && !changed.has(oldest)) latest.delete(oldest);
  };
  const putCaller = (turn: CallerTurn): void => {
    const text = turn.text.trim();
    if (text === '' && (turn.speaking || turn.endMs - turn.startMs < SHORTEST_TURN_MS)) return;
    put(turn, {
      speaker: 'caller',
      startMs: turn.startMs,
      endMs: turn.endMs,
      text,
      heardText: text,
      interrupted: false,
    });
  };
  const putAssistant = (turn: AssistantTurn | undefined): void => {
    if (turn?.startMs === undefined) return;
    const { utterance, startMs, endMs, latencyMs, heard } = turn;
    const text = utterance.text();
    const interrupted = turn.cut || !turn.done;
    if (interrupted && text === '' && endMs - startMs < SHORTEST_WORDS_MS) return; // no word of it was heard
    const heardText = interrupted ? utterance.textAt(heard) : text;
    put(turn, {
      speaker: 'assistant',
      startMs,
      endMs,
      text,
      heardText,
      interrupted,
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
  };

  return {
    speakIn(next) {
      language = next;
    },
    callerStarted: (atMs) => callerTurns.started(atMs),
    callerEnded(atMs) {
      const turn = callerTurns.ended(atMs);
      if (turn) putCaller(turn);
    },
    callerText(text, atMs, spokenMsAgo) {
      const turn = callerTurns.addText(text, atMs, spokenMsAgo);
      putCaller(turn);
      return turn.text;
    },
    callerRepeats: () => callerTurns.repeats(),
    callerIsWritten: () => callerTurns.isWritten(),
    callerTyped(beganMs, endedMs) {
      const nothing = { text: '', heardText: '', interrupted: false };
      put({}, { speaker: 'caller', startMs: beganMs, endMs: endedMs, ...nothing, sensitive: true });
    },
    assistantAudio: (mulaw, position, atMs) => assistantTurns.addAudio(mulaw, position, atMs),
    assistantText: (text, atMs) => putAssistant(assistantTurns.addText(text, atMs)),
    assistantSent(position, atMs) {
      for (const turn of assistantTurns.beginning(position)) {
        turn.startMs = atMs;
        const askedMs = callerTurns.answer();
        // Who was still talking when the caller had finished is not slow to answer.
        if (askedMs !== undefined && askedMs >= talkedMs) turn.latencyMs = Math.max(0, Math.round(atMs - askedMs));
      }
    },
    assistantHeard(position, atMs) {
      for (const turn of assistantTurns.hear(position, atMs)) {
        talkedMs = atMs;
        if (!turn.done && atMs - shownMs < SHOW_EVERY_MS) continue;
        shownMs = atMs;
        putAssistant(turn);
      }
    },
    answerComplete: (atMs) => putAssistant(assistantTurns.complete(atMs)),
    modelTurnOver: (atMs) => putAssistant(assistantTurns.over(atMs)),
    modelLost(atMs) {
      const turn = assistantTurns.over(atMs);
      if (turn?.utterance.text() === '') turn.cut = true;
      putAssistant(turn);
    },
    cut(position, atMs) {
      for (const turn of assistantTurns.cut(position, atMs)) putAssistant(turn);
    },
    takeChanged() {
      if (changed.size === 0) return NONE;
      const turns = [...changed].flatMap((seq) => latest.get(seq) ?? []);
      changed.clear();
      return turns;
    },
    lastSeq: () => lastSeq,
    history() {
      const turns = [...latest.values()].toSorted((one, other) => one.startMs - other.startMs);
      return turns.flatMap(({ speaker, heardText: text }) =>
        text === '' || speaker === 'agent' ? [] : [{ speaker, text }],
      );
    },
    callerWaits(atMs) {
      const turn = callerTurns.open();
      return turn !== undefined && (turn.speaking || atMs - turn.endMs < PATIENCE_MS);
    },
    callerWaitsSince(atMs) {
      const turn = callerTurns.open();
      if (!turn || turn.speaking || atMs - turn.endMs >= PATIENCE_MS) return undefined;
      return turn.text !== '' || turn.endMs - turn.startMs >= SHORTEST_TURN_MS ? turn.endMs : undefined;
    },
  };
}
