/** Whether what is kept of a call is what was said and heard on its line. */
import { isCovered, type Span } from './coverage.ts';
import type { HeardUtterance, NetworkRecord } from './network-client.ts';
import type { StoredCall } from './stored-call.ts';
import { wordDifference, wordsOf } from './word-difference.ts';

export interface TranscriptExpectations {
  /** Phrases that the caller's turns must hold, each in the turn in which it was said. */
  understood?: readonly string[];
  /** How many words may lie between what was stored as heard and what was; 1 unless a process dies in mid-sentence. */
  heardTolerance?: number;
  /** How many of the assistant's turns may be stored without words, although they were heard; none unless said. */
  textsMissing?: number;
  /** Whether all that was said and heard must be in a stored turn, but for what a death cut off. */
  completeTranscript?: boolean;
}

/** `offsetMs`: the line's clock in the call's. */
export function transcriptFaults(
  record: NetworkRecord,
  turns: StoredCall['turns'],
  offsetMs: number,
  expected: TranscriptExpectations,
): string[] {
  return [
    ...heardFaults(heardOfAssistants(record), turns, offsetMs, expected),
    ...(expected.completeTranscript ? missingFaults(record, turns, offsetMs) : []),
    ...understoodFaults(record, turns, offsetMs, expected.understood ?? []),
  ];
}

/** What came through a stream: what the network spoke itself for the flow, and people it put through, are no assistants. */
function heardOfAssistants({ heardTranscript, timeline }: NetworkRecord): HeardUtterance[] {
  const said = timeline.filter(({ kind }) => kind === 'say');
  const isSaid = ({ startMs }: HeardUtterance): boolean =>
    said.some((one) => startMs >= Number(one['startMs']) - 100 && startMs < Number(one['endMs']));
  const isStreamed = ({ startMs }: HeardUtterance): boolean =>
    timeline.findLast(({ kind, atMs }) => /^stream-(started|stopped)$/.test(kind) && atMs <= startMs)?.kind !==
    'stream-stopped';
  return heardTranscript.filter((one) => isStreamed(one) && !isSaid(one));
}

/** Where what we stored as heard differs by more words than is tolerated from what the network's ear heard. */
function heardFaults(
  heard: readonly HeardUtterance[],
  turns: StoredCall['turns'],
  offsetMs: number,
  { heardTolerance = 1, textsMissing = 0 }: TranscriptExpectations,
): string[] {
  const byTurn = new Map<StoredCall['turns'][number], string[]>();
  for (const turn of turns) if (turn.speaker === 'assistant') byTurn.set(turn, []);
  for (const utterance of heard) {
    const turn = nearestTurn(utterance, [...byTurn.keys()], offsetMs);
    if (turn) byTurn.get(turn)?.push(...utterance.heardWords.flatMap(wordsOf));
  }
  let missing = textsMissing;
  return [...byTurn].flatMap(([turn, words]) => {
    const stored = wordsOf(turn.heardText);
    if (wordDifference(stored, words) <= heardTolerance) return [];
    if (turn.textMissing && missing-- > 0) return [];
    return [`heard text differs: stored "${turn.heardText}", the caller heard "${words.join(' ')}"`];
  });
}

/** What is this close before a stream's end, or after the next one's beginning, nobody may have taken down. */
const excusedBeforeMs = 500;
const excusedAfterMs = 1000;

/** Phrases that were said or heard, and are in no stored turn of their speaker. */
function missingFaults(record: NetworkRecord, turns: StoredCall['turns'], offsetMs: number): string[] {
  const { said, heardTranscript, timeline } = record;
  const ends = timeline.filter(({ kind }) => kind === 'stream-stopped').map(({ atMs }) => atMs);
  const begins = timeline.filter(({ kind }) => kind === 'stream-started').map(({ atMs }) => atMs);
  const excused = (one: Span): boolean =>
    ends.some((atMs) => {
      const nextMs = begins.find((beginMs) => beginMs > atMs);
      return nextMs !== undefined && one.endMs > atMs - excusedBeforeMs && one.startMs < nextMs + excusedAfterMs;
    });
  const missing = (speaker: string, phrases: readonly (Span & { phraseId: string })[]): string[] => {
    const stored = turns
      .filter((turn) => turn.speaker === speaker)
      .map(({ startMs, endMs }) => ({ startMs: startMs - offsetMs, endMs: endMs - offsetMs }));
    return phrases
      .filter((one) => !isCovered(one, stored) && !excused(one))
      .map(({ phraseId, startMs }) => `no turn of the ${speaker} holds ${phraseId} at ${Math.round(startMs)} ms`);
  };
  const heard = heardTranscript.filter(({ heardWords }) => heardWords.length > 0);
  return [...missing('caller', said), ...missing('assistant', heard)];
}

/** The turn that the utterance overlaps most; one that the flow itself spoke belongs to none. */
function nearestTurn<T extends { startMs: number; endMs: number; text: string }>(
  utterance: HeardUtterance,
  turns: readonly T[],
  offsetMs: number,
): T | undefined {
  const overlap = (turn: T): number =>
    Math.min(turn.endMs + 500, utterance.endMs + offsetMs) - Math.max(turn.startMs - 500, utterance.startMs + offsetMs);
  const [best] = turns.filter((turn) => overlap(turn) > 0).toSorted((one, other) => overlap(other) - overlap(one));
  return best;
}

/** How far the bounds of a turn may lie from those of the speech in it. */
const turnToleranceMs = 500;

function understoodFaults(
  record: NetworkRecord,
  turns: StoredCall['turns'],
  offsetMs: number,
  expected: readonly string[],
): string[] {
  return expected.flatMap((phraseId) => {
    const said = record.said.filter((utterance) => utterance.phraseId === phraseId);
    const [first] = said;
    if (!first) return [`the caller never said ${phraseId}`];
    const words = wordsOf(first.text).join(' ');
    const holders = turns.filter(
      ({ speaker, text }) => speaker === 'caller' && wordsOf(text).join(' ').includes(words),
    );
    if (holders.length === 0) return [`no turn holds what the caller said: "${first.text}"`];
    const isThere = said.some((one) =>
      holders.some(
        (turn) =>
          one.startMs + offsetMs < turn.endMs + turnToleranceMs &&
          one.endMs + offsetMs > turn.startMs - turnToleranceMs,
      ),
    );
    return isThere ? [] : [`another turn holds what the caller said: "${first.text}"`];
  });
}
