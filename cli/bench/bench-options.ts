import { type CommandLine, jsonOption, readCommandLine } from '../running/command-line.ts';

export interface BenchOptions {
  /** Beginning of the names of the figures that are wanted; absent: all. */
  only?: string;
  json: boolean;
}

export const benchLine = {
  usage: ['npm run bench -- [options]'],
  summary: "measures the product's figures on this machine; exit code 1 only where something could not be run",
  options: {
    only: { type: 'string', value: 'PREFIX', help: 'only figures whose names begin so, such as capacity or tool.' },
    json: jsonOption,
  },
} as const satisfies CommandLine;

/** Reads the command line. Throws `WrongUsage` where it makes no sense. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { only, json = false } = readCommandLine(benchLine, args).values;
  return { json, ...(only === undefined ? {} : { only }) };
}
