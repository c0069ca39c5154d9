import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders } from './folder-table.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where a file stands: `{ folder, path, isTest }`, `path` inside the repository with forward slashes.
 * Undefined for files outside the folders of the table.
 */
export function placeOf(file) {
  const path = relative(root, file).split(sep).join('/');
  const folder = path.slice(0, Math.max(0, path.indexOf('/')));
  if (!Object.hasOwn(folders, folder)) return undefined;
  return { folder, path, isTest: /\.test\.[cm]?[jt]sx?$/.test(path), rules: folders[folder] };
}

/** The place that a specifier of `file` names; undefined for packages and built-ins. */
export function placeOfSpecifier(file, specifier) {
  if (/^\.{1,2}(\/|$)/.test(specifier)) return placeOf(join(dirname(file), specifier));
  if (specifier.startsWith('file:')) return placeOf(fileURLToPath(specifier));
  if (specifier.startsWith('/')) return placeOf(specifier);
  return undefined;
}
