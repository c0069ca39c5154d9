/** Whether the caller heard what he was to hear, and nothing else. */
import type { NetworkRecord } from './network-client.ts';

export interface PhraseExpectations {
  /** Phrases that must be heard to their end. */
  heard?: readonly string[];
  /** Phrases whose last word must be heard. */
  heardInFull?: readonly string[];
  /** Phrases that must be heard only in part. */
  heardInPart?: readonly string[];
  /** Phrases of which no word may be heard. */
  notHeard?: readonly string[];
  /** How long the assistant may be heard after the caller has begun to speak over it; not looked at unless said. */
  maxBargeInMs?: number;
}

export function phraseFaults(record: NetworkRecord, expected: PhraseExpectations): string[] {
  const faults = bargeInFaults(record, expected.maxBargeInMs ?? Infinity);
  for (const phraseId of expected.heardInPart ?? []) {
    const heard = record.heardTranscript.find((utterance) => utterance.phraseId === phraseId);
    if (!heard) faults.push(`the caller never heard ${phraseId}`);
    else if (heard.complete) faults.push(`${phraseId} was heard to its end although the caller interrupted`);
  }
  // Of what the network speaks itself it knows how much was heard; its ear hears that behind texts of no phrase book.
  const spoken = record.timeline.filter(({ kind, cutShort }) => kind === 'say' && cutShort === false);
  for (const phraseId of expected.heard ?? [])
    if (
      !spoken.some((one) => one['phraseId'] === phraseId) &&
      !record.heardTranscript.some((utterance) => utterance.phraseId === phraseId && utterance.complete)
    )
      faults.push(`the caller did not hear ${phraseId} to its end`);
  for (const phraseId of expected.heardInFull ?? []) {
    const heard = record.heardTranscript.filter((utterance) => utterance.phraseId === phraseId);
    const lastWord = heard.at(-1)?.text.split(' ').at(-1);
    if (heard.every(({ heardWords }) => heardWords.at(-1) !== lastWord))
      faults.push(`${phraseId} was not heard to its end`);
  }
  for (const phraseId of expected.notHeard ?? [])
    if (record.heardTranscript.some((one) => one.phraseId === phraseId && one.heardWords.length > 0))
      faults.push(`the caller heard ${phraseId}`);
  return faults;
}

function bargeInFaults(record: NetworkRecord, mostMs: number): string[] {
  const ms = bargeInMs(record);
  if (mostMs === Infinity) return [];
  if (ms === null) return ['the caller interrupted nothing'];
  return ms <= mostMs ? [] : [`the assistant was heard for ${ms} ms after the caller had begun to speak`];
}

/** The longest that the assistant was still heard after the caller began to speak over it. */
export function bargeInMs({ said, heardTranscript }: NetworkRecord): number | null {
  const overruns = heardTranscript
    .filter(({ complete }) => !complete)
    .flatMap(({ startMs, endMs }) =>
      said.filter((one) => one.startMs > startMs && one.startMs < endMs).map((one) => endMs - one.startMs),
    );
  return overruns.length === 0 ? null : Math.round(Math.max(...overruns));
}
