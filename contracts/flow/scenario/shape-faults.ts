import type { TLocalizedValidationError } from 'typebox/error';

/** One thing that is wrong with a scenario, with its place as a JSON pointer; empty where it is the whole. */
export interface Fault {
  at: string;
  message: string;
}

/** A schema's errors as people need them: of alternatives only the one that was meant, and each unknown field by its name. */
export function shapeFaults(errors: readonly TLocalizedValidationError[]): Fault[] {
  const told = errors.filter(({ keyword }) => keyword !== 'boolean');
  const unions = told.filter(({ keyword }) => keyword === 'anyOf');
  const faults = told.flatMap((error) => {
    const union = unions.findLast(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/anyOf/`));
    if (error.keyword === 'anyOf') return isExplained(error, told) ? [] : [alternatives(error, told)];
    if (union && isOtherKind(error, union)) return [];
    return [faultOf(error)];
  });
  const seen = new Set<string>();
  return faults.filter(({ at, message }) => !seen.has(`${at} ${message}`) && seen.add(`${at} ${message}`));
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

function alternatives(union: ShapeError, errors: readonly ShapeError[]): Fault {
  const types = errors.flatMap((error) =>
    error.keyword === 'type' && error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`)
      ? [String(error.params.type)]
      : [],
  );
  return { at: union.instancePath, message: `must be ${[...new Set(types)].join(' or ')}` };
}

function faultOf(error: ShapeError): Fault {
  const { instancePath: at, message } = error;
  switch (error.keyword) {
    case 'additionalProperties':
      return { at, message: `there is no field ${error.params.additionalProperties.join(', ')}` };
    case 'required':
      return { at, message: `it lacks ${error.params.requiredProperties.join(', ')}` };
    case 'enum':
      return { at, message: `must be one of ${error.params.allowedValues.join(', ')}` };
    case 'const':
      return { at, message: `must be ${String(error.params.allowedValue)}` };
    default:
      return { at, message };
  }
}
