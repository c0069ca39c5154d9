import type { TLocalizedValidationError } from 'typebox/error';
import type { Bilingual } from './bilingual.ts';
import { nearestName } from './nearest-name.ts';
import { patterns } from './schema-parts.ts';

/** One thing that is wrong with a document, with its place as a JSON pointer; empty where it is the whole. */
export interface ShapeFault {
  at: string;
  message: Bilingual;
}

/**
 * A schema's errors as people need them: of alternatives only the one that was meant, and each unknown field by its name, with
 * the nearest of `fields`, which are those of the whole.
 */
export function shapeFaults(
  errors: readonly TLocalizedValidationError[],
  fields: readonly string[] = [],
): ShapeFault[] {
  const told = errors.filter(({ keyword }) => keyword !== 'boolean');
  const unions = told.filter(({ keyword }) => keyword === 'anyOf');
  const faults = told.flatMap((error) => {
    const union = unions.findLast(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/anyOf/`));
    if (error.keyword === 'anyOf') return isExplained(error, told) ? [] : [alternatives(error, told)];
    if (union && isOtherKind(error, union)) return [];
    if (union && (error.keyword === 'required' || error.keyword === 'const')) return [merged(error, told, union)];
    return faultsOf(error, error.instancePath === '' ? fields : []);
  });
  const once = new Map(faults.map((fault) => [`${fault.at} ${fault.message.en}`, fault]));
  return [...once.values()];
}

type ShapeError = TLocalizedValidationError;

/** An alternative of quite another type is not the one that was meant. */
function isOtherKind(error: ShapeError, union: ShapeError): boolean {
  return error.keyword === 'type' && error.instancePath === union.instancePath;
}

function isExplained(union: ShapeError, errors: readonly ShapeError[]): boolean {
  return errors.some(
    (error) => error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`) && !isOtherKind(error, union),
  );
}

function alternatives(union: ShapeError, errors: readonly ShapeError[]): ShapeFault {
  const types = errors.flatMap((error) =>
    error.keyword === 'type' && error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`)
      ? [error.params.type].flat()
      : [],
  );
  const kinds = [...new Set(types)].map(kindOf);
  const [en, cs] = [kinds.map((kind) => kind.en).join(' or '), kinds.map((kind) => kind.cs).join(' nebo ')];
  return fault(union.instancePath, `must be ${en}`, `má to být ${cs}`);
}

/** Of alternatives that lack different fields, or are different words, any would do. */
function merged(
  { instancePath: at, keyword }: ShapeError,
  errors: readonly ShapeError[],
  union: ShapeError,
): ShapeFault {
  const alike = errors.filter(
    (error) => error.instancePath === at && error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`),
  );
  const named = alike.flatMap((error) => {
    if (error.keyword !== keyword) return [];
    if (error.keyword === 'required') return [error.params.requiredProperties.join(', ')];
    return error.keyword === 'const' ? [String(error.params.allowedValue)] : [];
  });
  const [en, cs] = [' or ', ' nebo '].map((or) => [...new Set(named)].join(or));
  return keyword === 'required'
    ? fault(at, `it lacks ${en}`, `chybí ${cs}`)
    : fault(at, `must be ${en}`, `má to být ${cs}`);
}

const fault = (at: string, en: string, cs: string): ShapeFault => ({ at, message: { en, cs } });

const kinds: Readonly<Record<string, Bilingual>> = {
  string: { en: 'a text', cs: 'text' },
  integer: { en: 'a whole number', cs: 'celé číslo' },
  number: { en: 'a number', cs: 'číslo' },
  boolean: { en: 'true or false', cs: 'true nebo false' },
  object: { en: 'an object', cs: 'objekt' },
  array: { en: 'a list', cs: 'seznam' },
};
const kindOf = (type: string): Bilingual => kinds[type] ?? { en: type, cs: type };

/** What the forms of names mean; any other pattern is shown as it is. */
const forms: Readonly<Record<string, Bilingual>> = {
  [patterns.nodeId]: {
    en: 'small letters, digits and hyphens, such as main-menu',
    cs: 'malá písmena bez diakritiky, číslice a pomlčky, jako main-menu',
  },
  [patterns.outcomeName]: {
    en: 'letters without accents, digits, _ and -, without spaces',
    cs: 'písmena bez diakritiky, číslice, _ a -, bez mezer',
  },
  [patterns.variableName]: {
    en: 'letters without accents, digits and _, such as orderNumber',
    cs: 'písmena bez diakritiky, číslice a _, jako orderNumber',
  },
  [patterns.languageTag]: { en: 'a language such as cs-CZ', cs: 'jazyk jako cs-CZ' },
};

/** What a pattern asks for. */
export function formWords(pattern: string): Bilingual {
  return forms[pattern] ?? { en: `what matches ${pattern}`, cs: `to, čemu odpovídá ${pattern}` };
}

function faultsOf(error: ShapeError, fields: readonly string[]): ShapeFault[] {
  const { instancePath: at, message } = error;
  switch (error.keyword) {
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => unknownField(at, name, fields));
    case 'required': {
      const names = error.params.requiredProperties.join(', ');
      return [fault(at, `it lacks ${names}`, `chybí ${names}`)];
    }
    case 'enum': {
      const values = error.params.allowedValues.join(', ');
      return [fault(at, `must be one of ${values}`, `má to být jedno z: ${values}`)];
    }
    case 'const':
      return [
        fault(at, `must be ${String(error.params.allowedValue)}`, `má to být ${String(error.params.allowedValue)}`),
      ];
    case 'type': {
      const { en, cs } = kindOf([error.params.type].flat().join(' '));
      return [fault(at, `must be ${en}`, `má to být ${cs}`)];
    }
    case 'minLength':
      return [fault(at, error.params.limit === 1 ? 'it is empty' : message, 'je to příliš krátké nebo prázdné')];
    case 'minItems':
      return [
        fault(at, `it has fewer than ${error.params.limit} entries`, `má méně položek než ${error.params.limit}`),
      ];
    case 'minimum':
      return [fault(at, `must be at least ${error.params.limit}`, `má to být nejméně ${error.params.limit}`)];
    case 'maximum':
      return [fault(at, `must be at most ${error.params.limit}`, `má to být nejvýše ${error.params.limit}`)];
    case 'pattern': {
      const { en, cs } = formWords(String(error.params.pattern));
      return [fault(at, `must be ${en}`, `má to být ${cs}`)];
    }
    default:
      return [fault(at, message, `nemá správný tvar: ${message}`)];
  }
}

function unknownField(at: string, name: string, fields: readonly string[]): ShapeFault {
  const near = nearestName(name, fields);
  const [en, cs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
  return fault(at, `there is no field ${name}${en}`, `pole ${name} neexistuje${cs}`);
}
