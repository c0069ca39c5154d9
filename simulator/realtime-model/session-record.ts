import type { Utterance } from './hearing.ts';

/** What people may read about one session. Times: `atMs` since 1970; `startMs` and `endMs` in received audio. */
export interface SessionRecord {
  readonly id: string;
  readonly key: string;
  readonly scenario: string;
  readonly apiVersion: string;
  readonly openedAtMs: number;
  /** The settings that the session began with. */
  setup: unknown;
  /** What was replaced in the open session: the instructions, the names of all functions, or both. */
  readonly contextUpdates: { atMs: number; instruction?: string; tools?: readonly string[] }[];
  resumed: boolean;
  closed: { atMs: number; code: number; reason: string; by: 'server' | 'client'; detail?: string } | undefined;
  receivedAudioMs: number;
  outsideActivityMs: number;
  readonly heard: HeardRow[];
  readonly received: EventRow[];
  readonly sent: EventRow[];
  readonly toolCalls: {
    id: string;
    name: string;
    atMs: number;
    answeredAtMs?: number;
    cancelled?: boolean;
    response?: unknown;
  }[];
  /** What the client did that the real server refuses or should not be asked, and what the script lacks. */
  readonly faults: { atMs: number; fault: string }[];
  readonly sprung: { atMs: number; trap: string }[];
}

export interface HeardRow {
  readonly atMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly understood: boolean;
  readonly phraseIds: readonly string[];
  readonly text: string;
  readonly reason?: string;
  /** The nearest phrase where nothing was understood, and the figures that decided. */
  readonly nearest?: string;
  readonly meanDb?: number;
  readonly spoiltShare?: number;
  readonly marginDb?: number;
}

export interface EventRow {
  readonly atMs: number;
  readonly kind: string;
  readonly text?: string;
  /** Audio of one run is one row. */
  audioMs?: number;
}

/** The record of a session that has just been opened. */
export function newSessionRecord(
  opened: Pick<SessionRecord, 'id' | 'key' | 'scenario' | 'apiVersion' | 'openedAtMs'>,
): SessionRecord {
  return {
    ...opened,
    setup: undefined,
    contextUpdates: [],
    resumed: false,
    closed: undefined,
    receivedAudioMs: 0,
    outsideActivityMs: 0,
    heard: [],
    received: [],
    sent: [],
    toolCalls: [],
    faults: [],
    sprung: [],
  };
}

const mostRows = 2000;

export function addRow<T>(rows: T[], row: T): void {
  if (rows.length < mostRows) rows.push(row);
}

/** Adds audio to the last row when that is audio, too. */
export function addAudio(rows: EventRow[], atMs: number, audioMs: number): void {
  const last = rows.at(-1);
  if (last?.kind === 'audio' && last.audioMs !== undefined) last.audioMs += audioMs;
  else addRow(rows, { atMs, kind: 'audio', audioMs });
}

export function heardRow(utterance: Utterance, atMs: number): HeardRow {
  const { recognition, startMs, endMs } = utterance;
  if (recognition.understood) {
    const { phrases } = recognition;
    return {
      atMs,
      startMs,
      endMs,
      understood: true,
      phraseIds: phrases.map((one) => one.phrase.id),
      text: phrases.map((one) => one.phrase.text).join(' '),
      meanDb: Math.max(...phrases.map((one) => one.meanDb)),
      spoiltShare: Math.max(...phrases.map((one) => one.spoiltShare)),
      marginDb: Math.min(...phrases.map((one) => one.marginDb)),
    };
  }
  const { nearest, reason } = recognition;
  const figures = nearest && {
    nearest: nearest.phrase.id,
    meanDb: nearest.meanDb,
    spoiltShare: nearest.spoiltShare,
    marginDb: nearest.marginDb,
  };
  return { atMs, startMs, endMs, understood: false, phraseIds: [], text: '', reason, ...figures };
}
