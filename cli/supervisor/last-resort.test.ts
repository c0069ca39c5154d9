import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stubbornProcess } from './test-processes.ts';

it('ends the processes of a supervisor that was killed', async () => {
  const fixture = await stubbornProcess();
  onTestFinished(fixture.close);
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-guard-'));
  onTestFinished(() => rm(dir, { recursive: true }));

  await writeFile(
    join(dir, 'supervisor.ts'),
    `import { spawn } from 'node:child_process';
     import { startLastResort } from '${join(import.meta.dirname, 'last-resort.ts')}';
     const { pid } = spawn(process.execPath, ['-e', ${JSON.stringify(fixture.code)}], { detached: true, stdio: 'ignore' });
     startLastResort().watch(-pid);
     setInterval(() => {}, 1000);`,
  );
  const supervisor = fork(join(dir, 'supervisor.ts'));
  const { ended } = await fixture.running;
  supervisor.kill('SIGKILL');
  // It does not heed the first signal: the hard one comes as well.
  await expect(ended).resolves.toBeUndefined();
});
