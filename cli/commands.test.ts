import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const commands = Object.values(manifest.scripts).flatMap(
  (script) => /^node cli\/bootstrap\.mjs (\S+)$/.exec(script)?.[1] ?? [],
);

async function run(command: string, ...args: string[]) {
  const ended = promisify(execFile)(process.execPath, [join(import.meta.dirname, `${command}.ts`), ...args]);
  return ended.then(
    (printed) => ({ code: 0, ...printed }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}

/** Each loads all that its command does. */
const timeout = 30_000;

it.each(commands)('npm run %s tells its options', { timeout }, async (command) => {
  const called = `npm ${command === 'start' || command === 'test' ? '' : 'run '}${command}`;
  expect(await run(command, '--help')).toEqual({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`^usage: ${called}\\b[^]*\n {2}\\S.*\n[^]*(--help|COMMAND)`)),
    stderr: '',
  });
});

// Those of `npm test` are vitest's.
it.each(commands.filter((command) => command !== 'test'))(
  'npm run %s refuses an option that it does not have',
  { timeout },
  async (command) => {
    expect(await run(command, '--no-such-option')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^there is no (option|command "?)\s?--no-such-option"?\nusage: /),
    });
  },
);
