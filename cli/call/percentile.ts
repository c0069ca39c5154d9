/** The p-th percentile by the nearest rank, rounded; 0 of nothing. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = Math.max(1, Math.ceil((p / 100) * sorted.length));
  return Math.round(sorted[rank - 1] ?? 0);
}

export const median = (values: readonly number[]): number => percentile(values, 50);
