import type { Accounts } from './accounts.ts';
import type { Call } from './call.ts';
import type { Callees } from './callees.ts';
import type { NameTable } from './name-table.ts';
import type { Recordings } from './recordings.ts';
import type { SpokenAudio } from './spoken-audio.ts';
import type { Ticker } from './ticker.ts';
import type { WebhookClient } from './webhook-client.ts';

/** Words that were really heard, milliseconds from the first sample that was given. */
export interface RecognisedUtterance {
  phraseId: string;
  text: string;
  startMs: number;
  endMs: number;
  heardWords: string[];
  /** Whether the phrase was heard from its first to its last word. */
  complete: boolean;
}

/** What every part of the telephone network works with. */
export interface Network {
  accounts: Accounts;
  names: NameTable;
  ticker: Ticker;
  callees: Callees;
  calls: Map<string, Call>;
  recordings: Recordings;
  speech: SpokenAudio;
  /** Tells which phrases of the phrase book (of one language, or of all) a stretch of speech at 8 kHz holds. */
  recognise: (pcm8k: Int16Array, language: 'cs' | 'en' | undefined) => Promise<RecognisedUtterance[]>;
  deliver: WebhookClient;
  /** The clock of all lines, in milliseconds. */
  nowMs: () => number;
  /** Wall-clock time, for dates in answers. */
  now: () => Date;
  /** The network's public REST address, as recording URLs show it. */
  publicUrl: string;
}
