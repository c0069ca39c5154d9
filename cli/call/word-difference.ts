/** Words of a sentence as they are compared: lower case, without punctuation. */
export function wordsOf(text: string): string[] {
  return text
    .toLocaleLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** How many words must be put in, left out or exchanged to make one list of the other. */
export function wordDifference(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, word] of one.entries()) {
    const next = [index + 1];
    for (const [column, otherWord] of other.entries()) {
      const exchanged = (row[column] ?? 0) + (word === otherWord ? 0 : 1);
      next.push(Math.min(exchanged, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
