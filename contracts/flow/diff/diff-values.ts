import type { Json, JsonObject } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import { own } from '../own.ts';
import { isList } from '../variables.ts';
import type { FieldChange, OrderChange } from './change.ts';

export type ValueChange = Omit<FieldChange, 'nodeId'> | Omit<OrderChange, 'nodeId'>;

/** Items are known by the first of these that each has, with a value of its own. */
const namedBy = ['outcome', 'name', 'variable'] as const;

/** What differs between two values, as deep as both have the same form; nothing where they are the same. */
export function diffValues(before: Json | undefined, after: Json | undefined, path: readonly string[]): ValueChange[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) return diffObjects(before, after, path);
  if (isList(before) && isList(after)) {
    const lists = namedItems(before, after);
    if (lists) return [...diffObjects(...lists, path), ...orderChange(...lists, path)];
  }
  return [{ type: 'field', path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** Whether two values are the same JSON, in whatever order their keys stand. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
    );
  }
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  return one === other;
}

function diffObjects(before: JsonObject, after: JsonObject, path: readonly string[]): ValueChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => diffValues(own(before, key), own(after, key), [...path, key]));
}

function namedItems(before: readonly Json[], after: readonly Json[]): [JsonObject, JsonObject] | undefined {
  for (const name of namedBy) {
    const lists = [byName(before, name), byName(after, name)] as const;
    if (lists[0] && lists[1]) return [lists[0], lists[1]];
  }
  return undefined;
}

function byName(items: readonly Json[], key: string): JsonObject | undefined {
  const named = items.map((item): [string, Json] | undefined => {
    const name = isObject(item) ? own(item, key) : undefined;
    // A number would change its place among an object's keys.
    return typeof name === 'string' && !/^\d+$/.test(name) ? [name, item] : undefined;
  });
  const entries = named.filter((each) => each !== undefined);
  const object = Object.fromEntries(entries);
  return entries.length === items.length && Object.keys(object).length === items.length ? object : undefined;
}

/** Only of items that were there and are there: what came or went is told by itself. */
function orderChange(before: JsonObject, after: JsonObject, path: readonly string[]): ValueChange[] {
  const [names, now] = [Object.keys(before), Object.keys(after)];
  const stayed = names.filter((name) => Object.hasOwn(after, name));
  const kept = now.filter((name) => Object.hasOwn(before, name));
  const appended = now.slice(0, kept.length).every((name, index) => name === kept[index]);
  return isSame(stayed, kept) && appended ? [] : [{ type: 'order', path, before: names, after: now }];
}
