import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startDevServer } from '../temporal/dev-server.ts';
import { findTemporalCli } from '../temporal/find-cli.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    temporalAddress: string;
    temporalCliPath: string;
    workflowBundlePath: string;
  }
}

/** One workflow bundle and one in-memory server for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-'));
  const bundlePath = join(dir, 'workflows.js');
  const [{ code }, cliPath] = await Promise.all([bundleWorkflows(), findTemporalCli(cliOptions())]);
  await writeFile(bundlePath, code);
  const server = await startDevServer({ cliPath, port: await freePort() });
  project.provide('temporalAddress', server.address);
  project.provide('temporalCliPath', cliPath);
  project.provide('workflowBundlePath', bundlePath);
  return async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  };
}

function cliOptions() {
  return {
    cliPath: process.env['TEMPORAL_CLI'],
    searchPath: process.env['PATH'],
    binDir: fileURLToPath(new URL('../.data/bin', import.meta.url)),
    say: (line: string) => console.log(line),
  };
}
