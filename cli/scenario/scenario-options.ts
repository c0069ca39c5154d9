import { type CommandLine, jsonOption, readCommandLine, refuseBeside, WrongUsage } from '../running/command-line.ts';
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

export const scenarioLine = {
  usage: [
    'npm run scenario -- FILE_OR_DIR… [--temporal] [--coverage] [--json]',
    'npm run scenario -- --from-call ID [--out FILE] [--tenant ID]',
  ],
  summary: 'runs scenarios of flows, or makes one of a call; exit code 1 where one failed',
  arguments: { 'FILE_OR_DIR…': 'a *.scenario.json, or a directory whose scenarios are run, those below it included' },
  options: {
    temporal: {
      type: 'boolean',
      help: 'plays them through the workflow of calls as well: path, words, outcome and variables must be the same',
    },
    coverage: { type: 'boolean', help: 'says which nodes and outcomes of each flow no scenario reaches' },
    json: jsonOption,
    'from-call': {
      type: 'string',
      value: 'ID',
      help: 'makes a scenario of a call that is over, without personal data, and prints it',
    },
    out: { type: 'string', value: 'FILE', help: 'writes it to a *.scenario.json instead, with its flow beside it' },
    tenant: { type: 'string', value: 'ID', help: "whose call it is; found by the call's id unless said" },
  },
} as const satisfies CommandLine;

/** Reads the command line. Throws `WrongUsage` where it makes no sense. */
export function readScenarioOptions(args: readonly string[]): ScenarioOptions {
  const { values, positionals } = readCommandLine(scenarioLine, args);
  const { 'from-call': callId, out, tenant, json = false, coverage = false, temporal = false } = values;
  if (callId === undefined) {
    refuseBeside('--from-call', { out, tenant });
    if (positionals.length === 0) throw new WrongUsage('it is not said which scenarios to run');
    return { run: { paths: positionals, json, coverage, temporal } };
  }
  if (positionals.length > 0 || json || coverage || temporal)
    throw new WrongUsage('--from-call makes a scenario and runs none');
  if (out !== undefined && !out.endsWith('.scenario.json'))
    throw new WrongUsage(`--out takes a *.scenario.json, not "${out}"`);
  return {
    fromCall: { callId, ...(out !== undefined && { out }), ...(tenant !== undefined && { tenantId: tenant }) },
  };
}
