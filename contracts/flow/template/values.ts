import type { Json } from '../../tools.ts';
import { isList } from '../variables.ts';

const maxDepth = 8;

/** A value as text, cut at `maxLength`. Lists run together, as in Liquid; objects and nothing are no text. */
export function textOf(value: Json, maxLength: number, depth = 0): string {
  if (typeof value === 'string') return value.length > maxLength ? value.slice(0, maxLength) : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value === 'boolean') return String(value);
  if (!isList(value) || depth > maxDepth) return '';
  let text = '';
  for (const item of value) {
    if (text.length >= maxLength) break;
    text += textOf(item, maxLength - text.length, depth + 1);
  }
  return text;
}

/** A number, or the one that a text is written as. */
export function numberFrom(value: Json): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(value) || value.length > 40) return undefined;
  return Number(value);
}
