import { join } from 'node:path';
import { startDevServer } from '../../../temporal/dev-server.ts';
import { findTemporalCli } from '../../../temporal/find-cli.ts';
import { freePort } from '../../../test/free-port.ts';
import { openStage, type ScenarioStage } from './scenario-stage.ts';

/** A stage on a Temporal server of its own, in memory; `say` hears how the server is found. */
export async function openOwnStage(
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<ScenarioStage> {
  const cliPath = await findTemporalCli({
    cliPath: env['TEMPORAL_CLI'],
    searchPath: env['PATH'],
    binDir: join(import.meta.dirname, '../../../.data/bin'),
    say,
  });
  const server = await startDevServer({ cliPath, port: await freePort() });
  try {
    const stage = await openStage(server.address);
    const close = async (): Promise<void> => {
      await stage.close();
      await server.stop();
    };
    return { ...stage, close };
  } catch (failure) {
    await server.stop();
    throw failure;
  }
}
