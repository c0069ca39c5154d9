import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';

export interface BenchOptions {
  /** Beginning of the names of the figures that are wanted; absent: all. */
  only?: string;
  json: boolean;
}

const benchUsage = `usage: npm run bench -- [options]
  --only PREFIX     measures only figures whose name begins so, such as capacity or tool.
  --json            ends with one JSON object on the last line`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  try {
    const options = { only: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { only, json = false } = parseArgs({ args: [...args], options, allowPositionals: false }).values;
    return { json, ...(only === undefined ? {} : { only }) };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new AppError('config-invalid', `${why}\n${benchUsage}`);
  }
}
