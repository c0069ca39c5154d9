import type { LanguageTag } from './languages.ts';

const speakers = ['caller', 'assistant', 'agent'] as const;
export type Speaker = (typeof speakers)[number];

/** One turn of a call. Key: call, epoch, seq. Times are milliseconds on the call's clock (since admission). */
export interface Turn {
  epoch: number;
  /** From 1 in each epoch; readers order by epoch, then startMs. */
  seq: number;
  speaker: Speaker;
  startMs: number;
  endMs: number;
  /** What was said, or meant to be said; empty with `textMissing` where the model never delivered it. */
  text: string;
  textMissing: boolean;
  /** What the other side really heard of it; equals `text` unless the turn was interrupted. */
  heardText: string;
  interrupted: boolean;
  /** End of the caller's speech to the first audio sent, for assistant turns that answer one. */
  latencyMs?: number;
  language?: LanguageTag;
  /** The caller typed something sensitive: of it nothing is kept but when. */
  sensitive?: true;
  /** Counts up with each version of the turn that is written; an older version never replaces a newer one. Not read back. */
  revision?: number;
}
