import { parseArgs } from 'node:util';
import { AppError } from '../../contracts/errors.ts';
import { shortestMinutes } from '../../simulator/scenarios/half-hour.ts';

export interface CallOptions {
  scenario: string;
  list: boolean;
  /** Every scenario, several at a time. */
  all: boolean;
  outbound: boolean;
  json: boolean;
  wav?: string;
  /** Of the long call, where it is not to last as long as it says. */
  minutes?: number;
}

const longScenario = 'half-hour';
const mostMinutes = 60;

export const callUsage = `usage: npm run call -- [options]
  --scenario NAME   another call than the demo; --list names them
  --language cs|en  language of the demo call
  --outbound        calls the caller instead of being called
  --minutes N       how long half-hour lasts, from ${shortestMinutes} to ${mostMinutes}; 30 unless told
  --wav FILE        writes what both sides heard, one channel each
  --json            ends with one JSON object on the last line
  --all             makes the calls of all scenarios but half-hour, eight at a time, on stacks of their own
  --list            lists the scenarios and what the caller hears of each`;

/** Reads the command line. Throws `config-invalid` with the usage where it makes no sense. */
export function readCallOptions(args: readonly string[], known: readonly string[]): CallOptions {
  const {
    scenario,
    language = 'cs',
    outbound = false,
    wav,
    json = false,
    list = false,
    all = false,
    ...more
  } = parse(args);
  if (language !== 'cs' && language !== 'en') throw refuse(`--language takes cs or en, not "${language}"`);
  const name = scenario ?? (outbound ? 'outbound' : `demo-${language}`);
  if (!known.includes(name)) throw refuse(`there is no scenario "${name}"; there are: ${known.join(', ')}`);
  const minutes = more.minutes === undefined ? undefined : minutesOf(more.minutes, name);
  return {
    scenario: name,
    list,
    all,
    outbound,
    json,
    ...(wav === undefined ? {} : { wav }),
    ...(minutes === undefined ? {} : { minutes }),
  };
}

function minutesOf(text: string, scenario: string): number {
  if (scenario !== longScenario) throw refuse(`--minutes is for ${longScenario} alone`);
  const minutes = Number(text);
  if (!(minutes >= shortestMinutes && minutes <= mostMinutes))
    throw refuse(`--minutes takes a number from ${shortestMinutes} to ${mostMinutes}, not "${text}"`);
  return minutes;
}

const refuse = (message: string): AppError => new AppError('config-invalid', `${message}\n${callUsage}`);

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const calls = { scenario: text, language: text, minutes: text, outbound: flag, all: flag };
    const options = { ...calls, wav: text, json: flag, list: flag };
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (failure) {
    throw refuse(failure instanceof Error ? failure.message : String(failure));
  }
}
