import { nearestName } from '../../contracts/flow/nearest-name.ts';
import { shortestMinutes } from '../../simulator/scenarios/half-hour.ts';
import { type CommandLine, jsonOption, readCommandLine, refuseBeside, WrongUsage } from '../running/command-line.ts';

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

export const callLine = {
  usage: ['npm run call -- [options]'],
  summary:
    'makes one simulated call through the whole system and prints it as it goes; exit code 1 where anything was wrong',
  options: {
    scenario: { type: 'string', value: 'NAME', help: 'another call than the demo; --list names them' },
    language: { type: 'string', value: 'cs|en', help: 'language of the demo call; cs unless said' },
    outbound: { type: 'boolean', help: 'calls the caller instead of being called' },
    minutes: {
      type: 'string',
      value: 'N',
      help: `how long ${longScenario} lasts, from ${shortestMinutes} to ${mostMinutes}; 30 unless said`,
    },
    wav: { type: 'string', value: 'FILE', help: 'writes what both sides heard, one channel each' },
    json: jsonOption,
    all: {
      type: 'boolean',
      help: `makes the calls of all scenarios but ${longScenario}, eight at a time, on stacks of their own`,
    },
    list: { type: 'boolean', help: 'lists the scenarios and what the caller hears of each' },
  },
} as const satisfies CommandLine;

/** Reads the command line. Throws `WrongUsage` where it makes no sense. */
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
  } = readCommandLine(callLine, args).values;
  if (language !== 'cs' && language !== 'en') throw new WrongUsage(`--language takes cs or en, not "${language}"`);
  const name = scenario ?? (outbound ? 'outbound' : `demo-${language}`);
  if (!known.includes(name)) {
    const near = nearestName(name, known);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new WrongUsage(`there is no scenario "${name}"${hint}; npm run call -- --list names them`);
  }
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
  if (scenario !== longScenario) refuseBeside(longScenario, { minutes: text });
  const minutes = Number(text);
  if (!(minutes >= shortestMinutes && minutes <= mostMinutes))
    throw new WrongUsage(`--minutes takes a number from ${shortestMinutes} to ${mostMinutes}, not "${text}"`);
  return minutes;
}
