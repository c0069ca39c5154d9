/** The name that is written most like `unknown`, unless too much of it would have to change to be a slip. */
export function nearestName(unknown: string, names: readonly string[]): string | undefined {
  const wanted = unknown.toLowerCase();
  let nearest: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < (nearest?.distance ?? Infinity)) nearest = { name, distance };
  }
  return nearest && nearest.distance <= Math.max(2, Math.floor(unknown.length / 3)) ? nearest.name : undefined;
}

/** Insertions, deletions, changes and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (beforeLast[column - 2] ?? Infinity) + 1
          : Infinity;
      current[column] = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, change, swapped);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
