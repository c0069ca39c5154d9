import { isAbsolute, join } from 'node:path';
import { type Config, readConfig } from '../../contracts/config.ts';
import { AppError } from '../../contracts/errors.ts';
import { readInstance } from '../supervisor/instance-file.ts';

export const root = join(import.meta.dirname, '..', '..');

type Environment = Readonly<Record<string, string | undefined>>;

/** The data folder of a configuration, as an absolute path. */
export const dataDirOf = ({ DATA_DIR }: Config): string => (isAbsolute(DATA_DIR) ? DATA_DIR : join(root, DATA_DIR));

/**
 * The configuration of a command that talks to a stack which runs on this data folder, with the addresses that the stack
 * has given its parts. Undefined where none runs, or it is not ready yet.
 */
export async function runningConfig(env: Environment): Promise<Config | undefined> {
  const instance = await readInstance(dataDirOf(readConfig(env)));
  return instance?.ready ? readConfig({ ...env, ...instance.addresses }) : undefined;
}

/** The URL of the application's database. Throws `database-unavailable` where neither a stack nor the environment names one. */
export function databaseUrlOf(config: Config): string {
  if (config.DATABASE_URL !== undefined) return config.DATABASE_URL;
  throw new AppError(
    'database-unavailable',
    'no database: run `npm start` in another terminal first, or set DATABASE_URL and DATABASE_MIGRATION_URL',
  );
}
