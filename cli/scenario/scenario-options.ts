import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';
import type { FromCallOptions } from './from-call.ts';

export interface RunOptions {
  paths: readonly string[];
  json: boolean;
  coverage: boolean;
  /** Through the workflow of calls as well, on a Temporal server that skips time. */
  temporal: boolean;
}

/** Scenarios are run, or a call becomes one. */
export type ScenarioOptions = { run: RunOptions } | { fromCall: FromCallOptions };

export const scenarioUsage = `usage: npm run scenario -- FILE_OR_DIR... [--temporal] [--coverage] [--json]
       npm run scenario -- --from-call ID [--out FILE] [--tenant ID]
  FILE_OR_DIR     a *.scenario.json, or a directory whose scenarios are run, those below it included
  --temporal      plays them through the workflow of calls as well: path, words, outcome and variables must be the same
  --coverage      says which nodes and outcomes of each flow no scenario reaches
  --json          ends with one JSON object on the last line
  --from-call ID  makes a scenario of a call that is over, without personal data, and prints it
  --out FILE      writes it to a *.scenario.json instead, with its flow beside it
  --tenant ID     whose call it is; found by the call's id unless said`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readScenarioOptions(args: readonly string[]): ScenarioOptions {
  const { values, positionals } = parse(args);
  const { 'from-call': callId, out, tenant, json = false, coverage = false, temporal = false } = values;
  if (callId === undefined) {
    for (const [name, given] of Object.entries({ '--out': out, '--tenant': tenant }))
      if (given !== undefined) throw refuse(`${name} is for --from-call alone`);
    if (positionals.length === 0) throw refuse('it is not said which scenarios to run');
    return { run: { paths: positionals, json, coverage, temporal } };
  }
  if (positionals.length > 0 || json || coverage || temporal)
    throw refuse('--from-call makes a scenario and runs none');
  if (out !== undefined && !out.endsWith('.scenario.json')) throw refuse(`--out takes a *.scenario.json, not "${out}"`);
  return {
    fromCall: { callId, ...(out !== undefined && { out }), ...(tenant !== undefined && { tenantId: tenant }) },
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    const running = { json: flag, coverage: flag, temporal: flag };
    const options = { ...running, 'from-call': text, out: text, tenant: text };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (failure) {
    throw refuse(failure instanceof Error ? failure.message : String(failure));
  }
}

const refuse = (message: string): AppError => new AppError('config-invalid', `${message}\n${scenarioUsage}`);
