/** The p-th percentile by the nearest rank; null of nothing. */
export function percentileOf(values: readonly number[], p: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] ?? null;
}

export function inMs(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
