/** The command lines of the commands: what may stand on them, the help that says so, and how a command ends. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../../contracts/errors.ts';
import { toE164 } from '../../contracts/flow/phone-number.ts';

export interface CommandLine<Options extends CommandOptions = CommandOptions> {
  /** Each way to call it, such as `npm run call -- [options]`. */
  usage: readonly string[];
  /** What it does, in a line or two. */
  summary: string;
  /** What each argument is that is no option; absent where the command takes none. */
  arguments?: Readonly<Record<string, string>>;
  options: Options;
}

/** By name without `--`. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

export interface CommandOption {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** Stands after it in the help, such as `FILE`. */
  value?: string;
  help: string;
}

/** A command line that makes no sense: exit code 2, with the command's help. The message is one line. */
export class WrongUsage extends AppError {
  constructor(message: string) {
    super('config-invalid', message);
  }
}

/** Options by their names, and what stands beside them. Throws `WrongUsage`. */
export function readCommandLine<Options extends CommandOptions>(
  { options, arguments: taken }: Pick<CommandLine<Options>, 'options' | 'arguments'>,
  args: readonly string[],
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: taken !== undefined });
  } catch (failure) {
    throw new WrongUsage(plainWords(messageOf(failure), options));
  }
}

/** Of commands that print lines for people and end with one line for programs. */
export const jsonOption = { type: 'boolean', help: 'ends with one JSON object on the last line' } as const;

/** Refuses what was given and has no meaning here; the names are those of options. */
export function refuseBeside(wanted: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) throw new WrongUsage(`--${name} is for ${wanted} alone`);
}

/** A telephone number of the command line, in E.164. */
export function readPhoneNumber(text: string): string {
  const number = toE164(text);
  if (number !== undefined) return number;
  throw new WrongUsage(`"${text}" is no number in international form, such as +420123456789`);
}

export function asksForHelp(args: readonly string[]): boolean {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return own.includes('--help') || own.includes('-h');
}

export function helpOf({ usage, summary, arguments: taken = {}, options }: CommandLine): string {
  const named = Object.entries(options).map(([name, { value, help }]) => [withValue(`--${name}`, value), help]);
  const rows = [...Object.entries(taken), ...named, ['-h, --help', 'prints this']];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return [
    ...usage.map((way, index) => `${index === 0 ? 'usage:' : '      '} ${way}`),
    ...summary.split('\n').map((line) => `  ${line}`),
    '',
    ...rows.map(([name = '', help = '']) => `  ${name.padEnd(width)}  ${help}`),
  ].join('\n');
}

/** Does the work, unless help is asked for. What fails is said on standard error: exit code 2 for a wrong command line, else 1. */
export async function runCommand(line: CommandLine, args: readonly string[], work: () => Promise<void>): Promise<void> {
  process.stdout.on('error', () => undefined); // the reader of a pipe has gone
  if (asksForHelp(args)) {
    console.log(helpOf(line));
    return;
  }
  try {
    await work();
  } catch (failure) {
    const isUsage = failure instanceof WrongUsage;
    process.exitCode = isUsage ? 2 : 1;
    console.error(failure instanceof AppError ? failure.message : failure);
    if (isUsage) console.error(helpOf(line));
  }
}

const withValue = (name: string, value: string | undefined): string =>
  value === undefined ? name : `${name} ${value}`;

/** Node's message says more than one line, and advises what few mean. */
function plainWords(message: string, options: CommandOptions): string {
  const option = /^Unknown option '([^']+)'/.exec(message)?.[1];
  if (option !== undefined) return `there is no option ${option}`;
  const lacking = /^Option '--([^' ]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message)?.[1];
  if (lacking !== undefined) return `--${lacking} takes a value: ${withValue(`--${lacking}`, options[lacking]?.value)}`;
  const flag = /^Option '(--[^']+)' does not take an argument/.exec(message)?.[1];
  if (flag !== undefined) return `${flag} takes no value`;
  const argument = /^Unexpected argument '(.*)'\. This command/s.exec(message)?.[1];
  return argument === undefined
    ? message.replaceAll('\n', ' ')
    : `"${argument}" is no option, and nothing else is taken`;
}
