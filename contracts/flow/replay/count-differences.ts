/** What a change would have meant for many calls: how many differ, and by what. */
import type { ReplayResult } from './replay.ts';

export interface DifferenceCount {
  verdict: ReplayResult['verdict'];
  /** Where and how, such as `menu: orders -> returns`; empty where nothing differs. */
  what: string;
  calls: number;
  /** The first few of them. */
  callIds: readonly string[];
}

const maxNamed = 3;
const order: readonly ReplayResult['verdict'][] = ['parts', 'stops', 'words', 'same', 'unreadable'];

/** The same difference in one line, the most frequent first. */
export function countDifferences(results: readonly ReplayResult[]): DifferenceCount[] {
  const counts = new Map<string, DifferenceCount>();
  for (const result of results) {
    const { verdict, callId } = result;
    const what = whatDiffers(result);
    const known = counts.get(`${verdict} ${what}`) ?? { verdict, what, calls: 0, callIds: [] };
    const callIds = known.callIds.length < maxNamed ? [...known.callIds, callId] : known.callIds;
    counts.set(`${verdict} ${what}`, { ...known, calls: known.calls + 1, callIds });
  }
  return [...counts.values()].toSorted(
    (one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || other.calls - one.calls,
  );
}

function whatDiffers({ verdict, parting, stop, rows }: ReplayResult): string {
  if (parting) {
    const { kind, place, was, now } = parting;
    if (kind === 'edge') return `${place}, ${was?.outcome}: ${was?.wentTo} -> ${now?.wentTo}`;
    if (kind === 'outcome') return `${place}: ${was?.outcome} -> ${now?.outcome}`;
    return was ? `${place} is not passed any more` : `${place} is new on the way`;
  }
  if (stop) return `${stop.place} needs ${stop.needs}`;
  if (verdict !== 'words') return '';
  return [...new Set(rows.flatMap(({ differs, now }) => (differs === 'words' && now ? [now.place] : [])))].join(', ');
}
