import type { Stay } from './call-run.ts';

/** Stands for any number of nodes. */
const gap = '...';

/** The first step of an expected path that the stays do not have: its place in the path, the stay that came instead, and what was expected. */
export interface PathMiss {
  step: number;
  stay: number;
  expected: string;
}

/** Holds stays to a path such as `["start", "menu: orders", "...", "bye"]`: nodes in order, where it is said with their outcomes. */
export function matchPath(path: readonly string[], stays: readonly Stay[]): PathMiss | undefined {
  // The furthest that any way of filling the gaps has come is where people look first.
  let furthest: PathMiss = { step: 0, stay: 0, expected: path[0] ?? 'the end of the call' };
  const failed = new Set<number>();
  const fits = (step: number, stay: number): boolean => {
    const key = step * (stays.length + 1) + stay;
    if (failed.has(key)) return false;
    const found = fitsHere(step, stay);
    if (!found) failed.add(key);
    return found;
  };
  const fitsHere = (step: number, stay: number): boolean => {
    const wanted = path[step];
    if (wanted === undefined) return stay === stays.length || miss(step, stay, 'the end of the call');
    if (wanted === gap) return fits(step + 1, stay) || (stay < stays.length && fits(step, stay + 1));
    const came = stays[stay];
    if (!came || !isStay(wanted, came)) return miss(step, stay, wanted);
    return fits(step + 1, stay + 1);
  };
  const miss = (step: number, stay: number, expected: string): false => {
    if (step > furthest.step || (step === furthest.step && stay <= furthest.stay)) furthest = { step, stay, expected };
    return false;
  };
  return fits(0, 0) ? undefined : furthest;
}

function isStay(wanted: string, { node, outcome }: Stay): boolean {
  const colon = wanted.indexOf(': ');
  if (colon < 0) return wanted === node;
  return wanted.slice(0, colon) === node && wanted.slice(colon + 2) === outcome;
}
