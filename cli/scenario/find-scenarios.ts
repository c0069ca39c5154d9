import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contracts/errors.ts';

const ending = '.scenario.json';

/** The scenario files that are meant, each once: files as they are named, directories with all below them. */
export async function findScenarios(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) for (const file of await scenariosAt(path)) found.add(file);
  return [...found];
}

async function scenariosAt(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) throw refuse(`there is no file or directory ${path}`);
  if (stats.isFile()) {
    if (!path.endsWith(ending)) throw refuse(`${path} is no scenario: its name does not end in ${ending}`);
    return [path];
  }
  const files: string[] = [];
  for await (const file of glob(`**/*${ending}`, { cwd: path, exclude: ['**/node_modules'] }))
    files.push(join(path, file));
  if (files.length === 0) throw refuse(`there is no scenario in ${path}: their names end in ${ending}`);
  return files.toSorted();
}

const refuse = (message: string): AppError => new AppError('config-invalid', message);
