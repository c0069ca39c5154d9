import type { Json } from '../tools.ts';
import type { Bilingual } from './bilingual.ts';
import { nearestName } from './nearest-name.ts';

/** `time` is an ISO 8601 instant with offset, `phone` an E.164 number, `json` whatever a tool returned. */
export const variableTypes = ['text', 'number', 'boolean', 'time', 'phone', 'list', 'json'] as const;
export type VariableType = (typeof variableTypes)[number];

/** Since when in a call a variable has a value; `contact` needs a tool before the flow, `queue` a queue or staffing node. */
export type KnownSince = 'start' | 'contact' | 'queue' | 'assignment';

/** A variable that a flow or its number's route declares, by its full path such as `vars.order` or `contact.name`. */
export interface VariableDeclaration {
  type: VariableType;
  /** What templates and conditions see while it has no value. */
  default?: Json;
  /** Masked in decisions and never logged. */
  sensitive?: boolean;
}
export type Declarations = Readonly<Record<string, VariableDeclaration>>;

/** A variable that the engine fills in every call. */
export interface VariableSpec {
  path: string;
  type: VariableType;
  description: Bilingual;
  knownSince: KnownSince;
  sensitive: boolean;
}

/** The value of a path, or nothing. Templates and conditions read variables through it. */
export type Lookup = (path: string) => Json | undefined;

export const systemVariables: readonly VariableSpec[] = [
  known('caller.number', 'phone', 'start', "The caller's number", 'Číslo volajícího', true),
  known('caller.name', 'text', 'start', "The caller's name as the carrier gives it", 'Jméno od operátora', true),
  known('caller.country', 'text', 'start', "Country of the caller's number, such as CZ", 'Země čísla, například CZ'),
  known('caller.language', 'text', 'start', "Language guessed from the caller's number", 'Jazyk odhadnutý podle čísla'),
  known('caller.anonymous', 'boolean', 'start', 'Whether the caller hides the number', 'Zda volající skrývá číslo'),
  known('call.id', 'text', 'start', 'Id of the call', 'Identifikátor hovoru'),
  known('call.direction', 'text', 'start', 'inbound or outbound', 'inbound (příchozí) nebo outbound (odchozí)'),
  known('call.number', 'phone', 'start', 'Our number in this call', 'Naše číslo v tomto hovoru'),
  known('call.language', 'text', 'start', 'Language spoken in the call', 'Jazyk, kterým se v hovoru mluví'),
  known('call.startedAt', 'time', 'start', 'When the call began', 'Začátek hovoru'),
  known('call.now', 'time', 'start', 'The time at this step', 'Čas v tomto kroku'),
  known('call.durationS', 'number', 'start', 'Seconds since the call began', 'Sekundy od začátku hovoru'),
  known('call.tags', 'list', 'start', 'Outcome tags so far', 'Dosavadní štítky výsledku'),
  known('queue.name', 'text', 'queue', 'Name of the queue', 'Název fronty'),
  known('queue.position', 'number', 'queue', 'Place in the queue, from 1', 'Pořadí ve frontě, od 1'),
  known('queue.estimatedWaitS', 'number', 'queue', 'Estimated wait in seconds', 'Odhad čekání v sekundách'),
  known('queue.waitedS', 'number', 'queue', 'Seconds waited in the queue', 'Sekundy strávené ve frontě'),
  known('queue.waiting', 'number', 'queue', 'Callers who wait', 'Počet čekajících'),
  known('queue.agentsReady', 'number', 'queue', 'Agents who are ready', 'Počet připravených operátorů'),
];

const byPath: ReadonlyMap<string, VariableSpec> = new Map(systemVariables.map((spec) => [spec.path, spec]));

/** Type of a path: a variable of the system or a declared one; what lies below a `json` or `list` variable is `json`. */
export function typeOf(path: string, declared: Declarations): VariableType | undefined {
  const whole = ownDeclaration(path, declared)?.type ?? byPath.get(path)?.type;
  if (whole !== undefined) return whole;
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const above = path.slice(0, end);
    const type = ownDeclaration(above, declared)?.type ?? byPath.get(above)?.type;
    if (type !== undefined) return type === 'json' || type === 'list' ? 'json' : undefined;
  }
  return undefined;
}

/** Whether the value of a path, or what it is part of, must be masked. */
export function isSensitive(path: string, declared: Declarations): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const above = path.slice(0, end);
    if (ownDeclaration(above, declared)?.sensitive ?? byPath.get(above)?.sensitive) return true;
  }
  return false;
}

/** Since when a path is known; undefined where nothing of that name is. */
export function knownSince(path: string, declared: Declarations): KnownSince | undefined {
  if (typeOf(path, declared) === undefined) return undefined;
  const spec = byPath.get(path) ?? systemVariables.find((each) => path.startsWith(`${each.path}.`));
  return spec?.knownSince ?? (path.startsWith('contact.') ? 'contact' : 'assignment');
}

/** "Did you mean": the known path that is written most like an unknown one. */
export function suggestPath(unknown: string, declared: Declarations): string | undefined {
  return nearestName(unknown, [...byPath.keys(), ...Object.keys(declared)]);
}

/** Walks JSON by a dotted path; array elements by their number. Own properties alone, so that no name reaches a prototype. */
export function valueAt(root: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = root;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = propertyOf(value, key);
  }
  return value;
}

function propertyOf(value: readonly Json[] | { readonly [key: string]: Json }, key: string): Json | undefined {
  if (!isList(value)) return value[key];
  return /^\d+$/.test(key) ? value[Number(key)] : undefined;
}

/** `Array.isArray` does not narrow read-only arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function ownDeclaration(path: string, declared: Declarations): VariableDeclaration | undefined {
  return Object.hasOwn(declared, path) ? declared[path] : undefined;
}

function known(
  path: string,
  type: VariableType,
  since: KnownSince,
  en: string,
  cs: string,
  sensitive = false,
): VariableSpec {
  return { path, type, knownSince: since, description: { en, cs }, sensitive };
}
