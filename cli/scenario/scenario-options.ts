import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';

export interface ScenarioOptions {
  paths: readonly string[];
  json: boolean;
  coverage: boolean;
}

export const scenarioUsage = `usage: npm run scenario -- FILE_OR_DIR... [options]
  FILE_OR_DIR   a *.scenario.json, or a directory whose scenarios are run, those below it included
  --coverage    says which nodes and outcomes of each flow no scenario reaches
  --json        ends with one JSON object on the last line`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readScenarioOptions(args: readonly string[]): ScenarioOptions {
  const { values, positionals } = parse(args);
  if (positionals.length === 0) throw refuse('it is not said which scenarios to run');
  return { paths: positionals, json: values.json ?? false, coverage: values.coverage ?? false };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...args], options: { json: flag, coverage: flag }, allowPositionals: true });
  } catch (failure) {
    throw refuse(failure instanceof Error ? failure.message : String(failure));
  }
}

const refuse = (message: string): AppError => new AppError('config-invalid', `${message}\n${scenarioUsage}`);
