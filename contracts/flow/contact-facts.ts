/** What a flow gets to know of who calls: `contact.*` as it and its subflows declare them, and nothing else. */
import type { Json, JsonObject } from '../tools.ts';
import type { CompiledFlow } from './compiled.ts';
import { own } from './own.ts';
import { asType } from './typed-value.ts';
import type { VariableDeclaration } from './variables.ts';

/** Declared by the flow, else by any subflow; sensitive where any of them says so. */
export function contactDeclarations(
  flow: Pick<CompiledFlow, 'contact' | 'subflows'>,
): Readonly<Record<string, VariableDeclaration>> {
  const all: Record<string, VariableDeclaration> = {};
  for (const { contact } of [flow, ...Object.values(flow.subflows)])
    for (const [name, declared] of Object.entries(contact)) {
      const known = own(all, name);
      all[name] = {
        ...declared,
        ...known,
        ...((known ?? declared).sensitive || declared.sensitive ? { sensitive: true } : {}),
      };
    }
  return all;
}

/** Values that do not fit their type are left out with a note; what is missing has its default. */
export function contactFacts(
  flow: Pick<CompiledFlow, 'contact' | 'subflows'>,
  given: JsonObject = {},
): { contact: JsonObject; notes: readonly string[] } {
  const contact: Record<string, Json> = {};
  const notes: string[] = [];
  for (const [name, { type, default: initial }] of Object.entries(contactDeclarations(flow))) {
    const value = own(given, name) ?? null;
    const fitting = value === null ? undefined : asType(value, type);
    if (value !== null && fitting === undefined) notes.push(`the value for "contact.${name}" is no ${type}`);
    const known = fitting ?? initial;
    if (known !== undefined) contact[name] = known;
  }
  return { contact, notes };
}
