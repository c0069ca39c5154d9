import { EventEmitter, once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { stubbornProcess } from './test-processes.ts';
import { type ChildDeps, defaultBackoffMs, SupervisedChild } from './supervised-child.ts';

/** A child that runs `code`, and everything that is said about it, as events and as a list. */
function supervise(code: string, deps: Partial<ChildDeps> = {}) {
  const said: string[] = [];
  const output = new EventEmitter<{ line: [string] }>();
  const watched = new Set<number>();
  const child = new SupervisedChild(
    { name: 'fixture', file: process.execPath, args: ['-e', code], cwd: process.cwd(), env: process.env },
    {
      say: (line) => said.push(line),
      output: (line) => output.emit('line', line),
      watched: (groupId) => {
        watched.add(groupId);
        return () => watched.delete(groupId);
      },
      nowMs: () => 0,
      backoffMs: () => 1,
      ...deps,
    },
  );
  onTestFinished(() => child.kill());
  const nextLine = async (): Promise<string> => (await once(output, 'line'))[0];
  return { child, said, watched, nextLine };
}

const stayUp = `setInterval(() => {}, 1000);`;

it('passes on what the child writes, line by line', async () => {
  const { child, nextLine } = supervise(`process.stderr.write('one\\nand'); ${stayUp}`);
  child.start();
  expect(await nextLine()).toBe('one');
});

it('starts a child again that died, later each time, and says so', async () => {
  const attempts: number[] = [];
  const backoffMs = (attempt: number): number => {
    attempts.push(attempt);
    return 1;
  };
  const { child, said, nextLine } = supervise(`console.log('up'); process.exitCode = 7;`, { backoffMs });
  child.start();
  for (let run = 0; run < 3; run++) await nextLine();
  await child.stop(1000);
  expect(attempts.slice(0, 2)).toEqual([1, 2]);
  expect(said[0]).toBe('ended with code 7; starting it again in 0.001 s');
});

it('begins with the shortest delay again after a steady run', async () => {
  const attempts: number[] = [];
  let nowMs = 0;
  const { child, nextLine } = supervise(`console.log('up');`, {
    nowMs: () => (nowMs += 60_000),
    backoffMs: (attempt) => attempts.push(attempt) && 1,
  });
  child.start();
  for (let run = 0; run < 3; run++) await nextLine();
  await child.stop(1000);
  expect(attempts.slice(0, 2)).toEqual([1, 1]);
});

it('does not start a child again that it has stopped', async () => {
  const { child, said, watched, nextLine } = supervise(`console.log('up'); ${stayUp}`);
  child.start();
  await nextLine();
  expect(watched.size).toBe(1);
  await child.stop(1000);
  expect(child.phase).toBe('stopped');
  expect(said).toEqual([]);
  expect(watched.size).toBe(0);
});

it('gives up a restart that it waits for when it is stopped', async () => {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  const { child } = supervise('process.exit(1)', { backoffMs: () => 60_000, say: () => resolve() });
  child.start();
  await died;
  await child.stop(1000);
  expect(child.phase).toBe('stopped');
});

it('kills a child that does not heed SIGTERM', async () => {
  const { child, said, nextLine } = supervise(`process.on('SIGTERM', () => {}); console.log('up'); ${stayUp}`);
  child.start();
  await nextLine();
  await child.stop(50);
  expect(said).toEqual(['did not stop within 0.05 s and is killed']);
});

it('leaves nothing behind of what the child started', async () => {
  const grandchild = await stubbornProcess();
  onTestFinished(grandchild.close);
  const args = JSON.stringify(['-e', grandchild.code]);
  const { child } = supervise(`require('node:child_process').spawn(process.execPath, ${args}); ${stayUp}`);
  child.start();
  const { ended } = await grandchild.running;
  await child.stop(1000);
  await expect(ended).resolves.toBeUndefined();
});

it('says what cannot be started, and tries again', async () => {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const child = new SupervisedChild(
    { name: 'gone', file: '/nowhere/at/all', args: [], cwd: process.cwd(), env: {} },
    { say: resolve, output: () => undefined, watched: () => () => undefined, nowMs: () => 0, backoffMs: () => 60_000 },
  );
  child.start();
  expect(await told).toMatch(/^could not be started: .*ENOENT/);
  expect(child.phase).toBe('waiting');
  await child.kill();
});

it('waits from a quarter of a second up to ten seconds', () => {
  expect([1, 2, 3, 6, 7, 50].map(defaultBackoffMs)).toEqual([250, 500, 1000, 8000, 10_000, 10_000]);
});
