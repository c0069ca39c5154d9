import type { Json } from '../../tools.ts';
import { isList } from '../variables.ts';
import { pointer } from './problem.ts';

/** A text or an object in a node, with its JSON pointer in the document. */
export interface Field {
  at: string;
  value: string | { readonly [key: string]: Json };
}

/** All of a part of a document that stands at `at`, outermost first. */
export function fieldsOf(part: object | string, at: string): readonly Field[] {
  const found: Field[] = [];
  visit(jsonOf(part), at);
  return found;

  function visit(each: Json, here: string): void {
    if (typeof each === 'string') found.push({ at: here, value: each });
    if (typeof each !== 'object' || each === null) return;
    if (isList(each)) return each.forEach((item, index) => visit(item, here + pointer(index)));
    found.push({ at: here, value: each });
    for (const name in each) visit(each[name] ?? null, here + pointer(name));
  }
}

/** A part of a document, which is JSON whatever its type says. */
function jsonOf(part: object | string): Json {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- documents are read from JSON
  return part as Json;
}
