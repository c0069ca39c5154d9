import { Compile } from 'typebox/schema';
import type { JsonObject } from '../../contracts/tools.ts';
import { ToolFailure } from './tool-failure.ts';

const maxProblems = 5;

/** Refuses arguments that do not fit the tool's schema; the hint tells the model where, without repeating its values. */
export function checkArguments(parameters: JsonObject | undefined, args: JsonObject): void {
  if (!parameters) return;
  const schema = compile(parameters);
  if (schema.Check(args)) return;
  const [, errors] = schema.Errors(args);
  const problems = errors
    .filter(({ keyword }) => keyword !== 'boolean')
    .map(({ instancePath, message }) => `${instancePath || 'arguments'} ${message}`);
  const hint = `The arguments do not fit: ${problems.slice(0, maxProblems).join('; ')}. Ask the caller for what is missing and try again.`;
  throw new ToolFailure('bad-arguments', hint, { transient: false });
}

function compile(parameters: JsonObject): ReturnType<typeof Compile> {
  try {
    return Compile(parameters);
  } catch (cause) {
    throw new ToolFailure('bad-template', 'The tool is not set up correctly.', { cause });
  }
}
