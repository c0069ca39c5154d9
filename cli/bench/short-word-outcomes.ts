import { encodeMulaw } from '../../media-gateway/audio/mulaw.ts';
import type { FloorView } from '../../media-gateway/turn-taking/caller-floor.ts';
import { loadVoiceNet } from '../../media-gateway/turn-taking/voice-net.ts';
import { loadShortWords } from '../../simulator/speech/short-words.ts';
import { createListener } from './listener.ts';

/** Where a caller's small sound falls while the assistant speaks. */
export const positions = ['midAnswer', 'lastWords', 'twice'] as const;
type Position = (typeof positions)[number];

/** What became of one: the assistant went on, it was the caller's turn, or nobody noticed. */
export type Outcome = 'backchannel' | 'turn' | 'unheard';

export interface WordOutcomes {
  readonly text: string;
  readonly id: string;
  /** Of each voice, how long its recording is, ms. */
  readonly lengthsMs: readonly number[];
  readonly outcomes: Readonly<Record<Position, readonly Outcome[]>>;
}

const LEAD_MS = 3000;
const AGAIN_AFTER_MS = 1500; // from the beginning of the one to that of the other
const REST_MS = 2500;

/** Plays every short word, by every voice, into an assistant's answer: in its middle, into its last 600 ms, and twice in its middle. */
export async function hearShortWords(): Promise<WordOutcomes[]> {
  const listener = createListener(await loadVoiceNet());
  const outcomeOf = async (word: Int16Array, position: Position): Promise<Outcome> => {
    const view: FloorView = { assistantSpeaks: true, mayInterrupt: true, endsSoon: position === 'lastWords' };
    const line = lineWith(word, position === 'twice' ? 2 : 1);
    const heard = await listener.listen(encodeMulaw(line), { detection: 'auto', view });
    const types = heard.map(({ move }) => move.type);
    if (types.includes('take')) return 'turn';
    return types.includes('resume') ? 'backchannel' : 'unheard';
  };
  const results: WordOutcomes[] = [];
  for (const { id, text, recordings } of loadShortWords()) {
    const outcomes: Record<Position, Outcome[]> = { midAnswer: [], lastWords: [], twice: [] };
    for (const position of positions)
      for (const word of recordings) outcomes[position].push(await outcomeOf(word, position));
    results.push({ id, text, lengthsMs: recordings.map(({ length }) => Math.round(length / 8)), outcomes });
  }
  return results;
}

function lineWith(word: Int16Array, times: number): Int16Array {
  const line = new Int16Array(8 * (LEAD_MS + AGAIN_AFTER_MS * (times - 1) + REST_MS) + word.length);
  for (let n = 0; n < times; n++) line.set(word, 8 * (LEAD_MS + AGAIN_AFTER_MS * n));
  return line;
}
