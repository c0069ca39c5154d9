/** What a record holds under a key of its own; a name such as `constructor` finds nothing of the language's. */
export function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
