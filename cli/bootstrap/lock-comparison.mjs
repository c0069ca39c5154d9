/** What of the lock file is not installed. Plain JavaScript for Node 20: it runs before anything is installed. */

/**
 * Names the packages of `lock` that `installed` (npm's own record in node_modules) lacks or has in another version.
 * Optional packages count only where they are made for `platform`; what an optional package of another platform
 * brings along has no platform of its own and is compared only where it is there.
 */
export function missingPackages(lock, installed, platform, isPresent) {
  return Object.entries(lock.packages ?? {})
    .filter(([path, wanted]) => path.startsWith('node_modules/') && !wanted.link)
    .filter(([path, wanted]) => {
      const found = installed?.packages?.[path];
      if (found && isPresent(path)) return found.version !== wanted.version;
      return isNeeded(wanted, platform);
    })
    .map(
      ([path, wanted]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${wanted.version}`,
    );
}

function isNeeded(wanted, platform) {
  if (!wanted.optional) return true;
  if (!wanted.os && !wanted.cpu && !wanted.libc) return false;
  return matches(wanted.os, platform.os) && matches(wanted.cpu, platform.cpu) && matches(wanted.libc, platform.libc);
}

/** npm's rule for `os`, `cpu` and `libc`: one of the listed, and none that is listed with an exclamation mark. */
function matches(listed, value) {
  const list = [listed ?? []].flat();
  if (list.length === 0) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((entry) => entry.startsWith('!'));
}
