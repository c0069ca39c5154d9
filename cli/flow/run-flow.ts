/** `npm run flow -- COMMAND`: reads the command line, runs the command, and says what came of it. */
import { AppError } from '../../contracts/errors.ts';
import { calendarCommand } from './commands/calendar.ts';
import { docsCommand } from './commands/docs.ts';
import { diffCommand } from './commands/diff.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { listCommand } from './commands/list.ts';
import { publishCommand } from './commands/publish.ts';
import { rollBackCommand } from './commands/roll-back.ts';
import { routeCommand } from './commands/route.ts';
import { validateCommand } from './commands/validate.ts';
import { versionsCommand } from './commands/versions.ts';
import { asksForHelp, type CommandLine, helpOf, readCommandLine, WrongUsage } from '../running/command-line.ts';
import { failureJson, failureLines } from './failure-words.ts';
import { commonOptions, type CommandResult, type FlowCommand, OptionValues } from './flow-command.ts';

const commands: ReadonlyMap<string, FlowCommand> = new Map([
  ['list', listCommand],
  ['versions', versionsCommand],
  ['validate', validateCommand],
  ['diff', diffCommand],
  ['publish', publishCommand],
  ['roll-back', rollBackCommand],
  ['route', routeCommand],
  ['export', exportCommand],
  ['import', importCommand],
  ['calendar', calendarCommand],
  ['docs', docsCommand],
]);

export interface Printed {
  /** 0: done; 1: refused, or found wrong; 2: the command line makes no sense. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export async function runFlow(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Printed> {
  const [name = '', ...rest] = args;
  const command = commands.get(name);
  if (!command && (name === 'help' || asksForHelp(args))) return printed(0, overview(), '');
  if (name === '') return printed(2, '', overview());
  if (!command) return printed(2, '', `there is no command "${name}"\n${overview()}`);
  const line = lineOf(name, command);
  if (asksForHelp(rest)) return printed(0, helpOf(line), '');
  const wantsJson = rest.includes('--json');
  const language = rest[rest.indexOf('--language') + 1] === 'cs' ? 'cs' : 'en';
  try {
    return shown(await run(command, line, rest, env), wantsJson);
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    const isUsage = failure instanceof WrongUsage;
    const exitCode = isUsage ? 2 : 1;
    if (wantsJson) return printed(exitCode, json(failureJson(failure)), '');
    const help = isUsage ? `\n${helpOf(line)}` : '';
    return printed(exitCode, '', failureLines(failure, language).join('\n') + help);
  }
}

async function run(
  command: FlowCommand,
  line: CommandLine,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommandResult> {
  const { values, positionals } = readCommandLine(line, args);
  const options = new OptionValues(values);
  const language = options.text('language') ?? 'en';
  if (language !== 'en' && language !== 'cs') throw new WrongUsage(`--language is en or cs, not "${language}"`);
  return command.run({ positionals, options, env, language });
}

function shown({ lines, json: value, ok = true, raw }: CommandResult, wantsJson: boolean): Printed {
  const exitCode = ok ? 0 : 1;
  if (wantsJson) return printed(exitCode, json({ ok, ...value }), '');
  return raw === undefined
    ? printed(exitCode, lines.join('\n'), '')
    : { exitCode, stdout: raw, stderr: lines.map((line) => `${line}\n`).join('') };
}

const printed = (exitCode: number, stdout: string, stderr: string): Printed => ({
  exitCode,
  stdout: stdout === '' ? '' : `${stdout}\n`,
  stderr: stderr === '' ? '' : `${stderr}\n`,
});

const json = (value: object): string => JSON.stringify(value);

function overview(): string {
  const lines = [...commands].map(([name, { usage, summary }]) => `  ${`${name} ${usage}`.padEnd(42)} ${summary}`);
  return ['usage: npm run flow -- COMMAND … [options]', ...lines, 'COMMAND --help tells its options.'].join('\n');
}

function lineOf(name: string, { usage, summary, options }: FlowCommand): CommandLine {
  const way = `npm run flow -- ${`${name} ${usage}`.trim()} [options]`;
  const taken = usage === '' ? {} : { arguments: {} };
  return { usage: [way], summary, ...taken, options: { ...options, ...commonOptions } };
}
