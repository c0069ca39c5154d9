import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../contracts/config.ts';
import { freePort } from './test-processes.ts';
import { readSimulatorPorts } from './simulator-settings.ts';
import { startStack } from './stack.ts';

const server = (answer: string): string => `
  const { createServer } = require('node:http');
  createServer((request, response) => { ${answer} }).listen(process.env.SIM_CRM_PORT, '127.0.0.1', () => console.log('listening'));`;
const ready = server(`response.end('{}')`);

/** A repository whose only process is a CRM made of `code`. */
async function startCrm(code: string) {
  const root = await mkdtemp(join(tmpdir(), 'switchboard-stack-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'simulator', 'crm'), { recursive: true });
  await writeFile(join(root, 'simulator', 'crm', 'main.ts'), code);
  const env = { SIM_CRM_PORT: String(await freePort()) };
  const said: string[] = [];
  const stopping = new AbortController();
  const starting = startStack({
    root,
    dataDir: join(root, '.data'),
    config: readConfig({}),
    ports: readSimulatorPorts(env),
    env,
    only: ['crm'],
    signal: stopping.signal,
    say: (part, line) => said.push(`${part}: ${line}`),
  });
  return { starting, stopping, said, url: `http://127.0.0.1:${env.SIM_CRM_PORT}` };
}

it('starts the processes that were asked for and says when they are ready', async () => {
  const { starting, said, url } = await startCrm(ready);
  const stack = await starting;
  expect((await fetch(url)).status).toBe(200);
  expect(stack.pidOf('crm')).toBeGreaterThan(0);
  expect(stack.pidOf('api')).toBeUndefined();
  await stack.stop();
  expect(said).toEqual(['crm: listening', 'supervisor: crm is ready']);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('kills at once where asked to', async () => {
  const { starting, url } = await startCrm(`process.on('SIGTERM', () => {}); ${ready}`);
  await (await starting).kill();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('leaves nothing running where a start is given up', async () => {
  const { starting, stopping, url } = await startCrm(server(`response.writeHead(503).end('{}')`));
  await expect
    .poll(() =>
      fetch(url).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(503);
  stopping.abort();
  await expect(starting).rejects.toThrow('aborted');
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
