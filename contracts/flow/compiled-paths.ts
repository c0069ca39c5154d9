import type { CompiledPart, CompiledText, CompiledValue } from './compiled.ts';
import { variablesOf } from './template/template.ts';

/** Every variable that may be in a value, by its path such as `vars.order`. */
export function pathsOf(value: CompiledValue): readonly string[] {
  if ('path' in value) return [value.path];
  if ('text' in value) return pathsOfText(value.text);
  if ('items' in value) return value.items.flatMap(pathsOf);
  return 'fields' in value ? Object.values(value.fields).flatMap(pathsOf) : [];
}

function pathsOfText(text: CompiledText): readonly string[] {
  const parts: readonly CompiledPart[] =
    typeof text === 'object' && 'languages' in text ? Object.values(text.languages) : [text];
  return parts.flatMap((part) => (typeof part === 'string' ? [] : variablesOf(part.template)));
}
