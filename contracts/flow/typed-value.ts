import type { Json } from '../tools.ts';
import { isList, type VariableType } from './variables.ts';
import { isObject } from './bounds.ts';
import { instantOf } from './conditions/instant.ts';

/** A value as a variable of this type holds it; undefined where it cannot be one. */
export function asType(value: Json, type: VariableType): Json | undefined {
  if (value === null) return type === 'json' ? value : undefined;
  switch (type) {
    case 'json':
      return value;
    case 'list':
      return isList(value) ? value : undefined;
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : undefined;
    case 'time':
      return instantOf(value) === undefined ? undefined : value;
    case 'text':
    case 'phone':
      return isList(value) || isObject(value) ? undefined : String(value);
  }
}
