/** How large the parts of a flow's state may grow: together they stay under 32 kB. */
import type { Json, JsonObject } from '../tools.ts';
import type { FlowEvent } from './state.ts';

/** Of one variable's value. */
export const maxValueBytes = 8_000;
/** Of all variables of the flow and of those that wait for it. */
export const maxVariablesBytes = 16_000;
/** Of each group of facts. */
const maxFactsBytes = 3_000;
export const maxTags = 32;
const maxDigits = 64;
const maxDepth = 16;

/** Bytes that a value takes as JSON, near enough for a bound: never fewer, but for control characters. */
export function jsonBytes(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return textBytes(value) + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item: Json) => sum + jsonBytes(item) + 1, 2);
  return Object.entries(value).reduce((sum, [key, item]) => sum + textBytes(key) + 4 + jsonBytes(item), 2);
}

function textBytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += code === 0x22 || code === 0x5c || code < 0x20 ? 2 : 1;
    else bytes += code < 0x800 ? 2 : 3;
  }
  return bytes;
}

/** A value of at most so many bytes: text is shortened, lists and objects lose what comes last. */
export function cutTo(value: Json, maxBytes: number, depth = 0): Json {
  if (depth > maxDepth) return null;
  if (typeof value === 'string') return cutText(value, maxBytes);
  if (typeof value !== 'object' || value === null) return value;
  let left = maxBytes - 2;
  if (Array.isArray(value)) {
    const kept: Json[] = [];
    for (const item of value) {
      const cut = cutTo(item, left, depth + 1);
      left -= jsonBytes(cut) + 1;
      if (left < 0) break;
      kept.push(cut);
    }
    return kept;
  }
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const room = left - textBytes(key) - 4;
    if (room < 1) break;
    const cut = cutTo(item, room, depth + 1);
    left = room - jsonBytes(cut);
    if (left < 0) break;
    kept.push([key, cut]);
  }
  // Not set one by one: a key may be called `__proto__`.
  return Object.fromEntries(kept);
}

function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 + 2 <= maxBytes || textBytes(text) + 2 <= maxBytes) return text;
  let bytes = 2;
  let end = 0;
  for (const character of text) {
    bytes += textBytes(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A group of facts within its bound, and whether anything had to go. */
export function boundedFacts(facts: JsonObject = {}): { facts: JsonObject; cut: boolean } {
  if (jsonBytes(facts) <= maxFactsBytes) return { facts, cut: false };
  const cut = cutTo(facts, maxFactsBytes);
  return { facts: isObject(cut) ? cut : {}, cut: true };
}

/** An event of which no part is larger than a variable may be, so that the ledger holds what the flow worked with. */
export function boundedEvent(event: FlowEvent): FlowEvent {
  switch (event.type) {
    case 'started': {
      const { facts, cut } = boundedFacts(event.contact);
      return cut ? { ...event, contact: facts } : event;
    }
    case 'digits':
      return event.digits.length > maxDigits ? { ...event, digits: event.digits.slice(0, maxDigits) } : event;
    case 'speech':
      return jsonBytes(event.text) > maxValueBytes ? { ...event, text: cutText(event.text, maxValueBytes) } : event;
    case 'assistantLeft': {
      if (jsonBytes(event.data) <= maxValueBytes) return event;
      const data = cutTo(event.data ?? {}, maxValueBytes);
      return { ...event, data: isObject(data) ? data : {} };
    }
    case 'toolAnswered':
      return jsonBytes(event.data) > maxValueBytes
        ? { ...event, data: cutTo(event.data ?? null, maxValueBytes) }
        : event;
    default:
      return event;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
