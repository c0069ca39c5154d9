/**
 * The p-th percentile by the nearest rank; null of nothing. What `failed` never came to an end: it is later than all that
 * did, so that the percentile is infinite where it falls among them.
 */
export function percentileOf(values: readonly number[], p: number, failed = 0): number | null {
  const all = [...values, ...Array.from({ length: failed }, () => Infinity)];
  const sorted = all.toSorted((one, other) => (one < other ? -1 : Number(one > other)));
  return sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] ?? null;
}

export function inMs(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
