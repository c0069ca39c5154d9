import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';

export interface CallOptions {
  scenario: string;
  list: boolean;
  /** Every scenario, several at a time. */
  all: boolean;
  outbound: boolean;
  json: boolean;
  wav?: string;
}

export const callUsage = `usage: npm run call -- [options]
  --scenario NAME   another call than the demo; --list names them
  --language cs|en  language of the demo call
  --outbound        calls the caller instead of being called
  --wav FILE        writes what both sides heard, one channel each
  --json            ends with one JSON object on the last line
  --all             makes the calls of all scenarios, eight at a time, on stacks of their own
  --list            lists the scenarios and what the caller hears of each`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readCallOptions(args: readonly string[], known: readonly string[]): CallOptions {
  const { scenario, language = 'cs', outbound = false, wav, json = false, list = false, all = false } = parse(args);
  if (language !== 'cs' && language !== 'en') throw refuse(`--language takes cs or en, not "${language}"`);
  const name = scenario ?? (outbound ? 'outbound' : `demo-${language}`);
  if (!known.includes(name)) throw refuse(`there is no scenario "${name}"; there are: ${known.join(', ')}`);
  return {
    scenario: name,
    list,
    all,
    outbound,
    json,
    ...(wav === undefined ? {} : { wav }),
  };
}

const refuse = (message: string): AppError => new AppError('config-invalid', `${message}\n${callUsage}`);

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { scenario: text, language: text, outbound: flag, wav: text, json: flag, list: flag, all: flag };
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (failure) {
    throw refuse(failure instanceof Error ? failure.message : String(failure));
  }
}
