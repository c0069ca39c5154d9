import { describe, expect, it } from 'vitest';
import { asksForHelp, type CommandLine, helpOf, readCommandLine, WrongUsage } from './command-line.ts';

const line = {
  usage: ['npm run ring -- BELL… [options]', 'npm run ring -- --list'],
  summary: 'rings bells',
  arguments: { 'BELL…': 'which' },
  options: {
    times: { type: 'string', value: 'N', help: 'how often; once unless said' },
    list: { type: 'boolean', help: 'names the bells' },
  },
} as const satisfies CommandLine;
const alone = { options: line.options };

it('tells each way to call a command, its arguments and its options', () => {
  expect(helpOf(line).split('\n')).toEqual([
    'usage: npm run ring -- BELL… [options]',
    '       npm run ring -- --list',
    '  rings bells',
    '',
    '  BELL…       which',
    '  --times N   how often; once unless said',
    '  --list      names the bells',
    '  -h, --help  prints this',
  ]);
});

it('is asked for help by either name, unless that is an argument', () => {
  expect([['--list', '--help'], ['-h'], ['--list'], ['--', '--help']].map(asksForHelp)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe('readCommandLine', () => {
  it('reads options and arguments', () => {
    const { values, positionals } = readCommandLine(line, ['a', '--times', '2', 'b']);
    expect({ ...values }).toEqual({ times: '2' });
    expect(positionals).toEqual(['a', 'b']);
  });

  it.each<[string, Pick<CommandLine, 'options' | 'arguments'>, string[], string]>([
    ['an unknown option', line, ['--loud'], 'there is no option --loud'],
    ['an unknown letter', alone, ['-l'], 'there is no option -l'],
    ['an argument where none is taken', alone, ['a'], '"a" is no option, and nothing else is taken'],
    ['an option without its value', line, ['--times'], '--times takes a value: --times N'],
    ['a value for a flag', line, ['--list=a'], '--list takes no value'],
    ['a value that looks like an option', line, ['--times', '--list'], '--times takes a value: --times N'],
  ])('refuses %s in one line', (_name, given, args, message) => {
    expect(refusalOf(given, args)).toContain(message);
    expect(refusalOf(given, args)).not.toContain('\n');
  });
});

function refusalOf(given: Pick<CommandLine, 'options' | 'arguments'>, args: readonly string[]): string {
  try {
    readCommandLine(given, args);
  } catch (failure) {
    if (failure instanceof WrongUsage) return failure.message;
    throw failure;
  }
  throw new Error('nothing was refused');
}
