import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../contracts/config.ts';
import { findTemporalCli } from '../../temporal/find-cli.ts';
import { seedDemo } from '../seed/seed-demo.ts';
import { claimDataDir, releaseDataDir } from '../supervisor/instance-file.ts';
import type { ProcessName } from '../supervisor/process-plan.ts';
import { readSimulatorPorts, type SimulatorPorts } from '../supervisor/simulator-settings.ts';
import { startStack } from '../supervisor/stack.ts';
import { dataDirOf, root } from './client-config.ts';
import { freePorts } from './free-ports.ts';

/** A whole product of a command's own, demo tenants included. */
export interface OwnStack {
  config: Config;
  /** What a further process of this stack is started with. */
  env: Readonly<Record<string, string | undefined>>;
  ports: SimulatorPorts;
  pidOf(name: ProcessName): number | undefined;
  servicePid(name: 'postgres' | 'temporal'): Promise<number | undefined>;
  stop(): Promise<void>;
}

export interface OwnStackOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** With ports and a data folder of its own, beside a stack that may be running; both are gone when it stops. */
  isolated: boolean;
  say: (part: string, line: string) => void;
}

export async function startOwnStack({ env, isolated, say }: OwnStackOptions): Promise<OwnStack> {
  const folder = isolated ? await mkdtemp(join(tmpdir(), 'switchboard-')) : undefined;
  // The database's own account must get into it.
  if (folder !== undefined) await chmod(folder, 0o755);
  const settings = folder === undefined ? env : { ...env, ...(await ownPlaces(env, folder)) };
  const config = readConfig(settings);
  const ports = readSimulatorPorts(settings);
  const dataDir = dataDirOf(config);
  const claim = await claimDataDir(dataDir, []);
  if (claim.other) throw new Error(`another stack is starting on ${dataDir}: wait until it is ready`);
  const cleanUp = async (): Promise<void> => {
    await releaseDataDir(dataDir);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const stack = await startStack({
      root,
      dataDir,
      config,
      ports,
      env: settings,
      say,
      signal: new AbortController().signal,
    });
    const running = readConfig({ ...settings, ...stack.addresses });
    await seedDemo(running, ports.SIM_CRM_PORT);
    return {
      config: running,
      env: { ...settings, ...stack.addresses },
      ports,
      pidOf: (name) => stack.pidOf(name),
      servicePid: (name) => stack.servicePid(name),
      stop: async () => {
        await stack.stop();
        await cleanUp();
      },
    };
  } catch (failure) {
    await cleanUp();
    throw failure;
  }
}

const portVariables = [
  'DATABASE_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
  'API_PORT',
  'CODEC_PORT',
  'GATEWAY_PORT',
  'WORKER_PORT',
  'SIM_PHONE_PORT',
  'SIM_MODEL_PORT',
  'SIM_OPENAI_PORT',
  'SIM_CRM_PORT',
] as const;

/** Free ports, a fresh data folder, and the Temporal executable that the usual data folder may hold already. */
async function ownPlaces(env: OwnStackOptions['env'], folder: string): Promise<Record<string, string>> {
  const usual = dataDirOf(readConfig(env));
  const cli = await findTemporalCli({
    ...(env['TEMPORAL_CLI'] && { cliPath: env['TEMPORAL_CLI'] }),
    searchPath: env['PATH'] ?? '',
    binDir: join(usual, 'bin'),
    say: () => undefined,
  });
  const free = await freePorts(portVariables.length);
  const ports = Object.fromEntries(portVariables.map((name, index) => [name, String(free[index])]));
  return { ...ports, TEMPORAL_CLI: cli, DATA_DIR: folder, KEY_FILE: join(folder, 'keys.json') };
}
