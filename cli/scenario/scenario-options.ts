import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';

export interface ScenarioOptions {
  paths: readonly string[];
  json: boolean;
  coverage: boolean;
  /** Through the workflow of calls as well, on a Temporal server that skips time. */
  temporal: boolean;
}

export const scenarioUsage = `usage: npm run scenario -- FILE_OR_DIR... [options]
  FILE_OR_DIR   a *.scenario.json, or a directory whose scenarios are run, those below it included
  --temporal    plays them through the workflow of calls as well: path, words, outcome and variables must be the same
  --coverage    says which nodes and outcomes of each flow no scenario reaches
  --json        ends with one JSON object on the last line`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readScenarioOptions(args: readonly string[]): ScenarioOptions {
  const { values, positionals } = parse(args);
  if (positionals.length === 0) throw refuse('it is not said which scenarios to run');
  const { json = false, coverage = false, temporal = false } = values;
  return { paths: positionals, json, coverage, temporal };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    const options = { json: flag, coverage: flag, temporal: flag };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (failure) {
    throw refuse(failure instanceof Error ? failure.message : String(failure));
  }
}

const refuse = (message: string): AppError => new AppError('config-invalid', `${message}\n${scenarioUsage}`);
