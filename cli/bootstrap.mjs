/**
 * The pre-step of every command: `node cli/bootstrap.mjs COMMAND [arguments]`.
 * Installs what the lock file asks for and is not there, makes the links that blocked install scripts would have made,
 * picks a Node that runs TypeScript as it is, and runs `cli/COMMAND.ts` under it. Plain JavaScript for Node 20, no dependency.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPackages } from './bootstrap/lock-comparison.mjs';
import { makePackageLinks } from './bootstrap/package-links.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const requiredMajor = 24;
const say = (line) => process.stderr.write(`${line}\n`);

class Refusal extends Error {}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function main(command, args) {
  const file = join(root, 'cli', `${command}.ts`);
  if (!command || !/^[a-z][a-z0-9-]*$/.test(command) || !existsSync(file)) {
    const known = readdirSync(join(root, 'cli')).filter((name) => /^[a-z0-9-]+\.ts$/.test(name));
    const names = known.map((name) => name.slice(0, -3)).join(', ');
    throw new Refusal(`There is no command ${command ? `"${command}"` : 'given'}. Commands: ${names}.`);
  }
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new Refusal(`Node ${process.versions.node} is too old. Install Node 20 or newer (24 is best) and try again.`);
  }
  await install();
  // Tests and checks see the code alone, not what is set up on this machine.
  const envFile = join(root, '.env');
  const settings = ['test', 'check'].includes(command) || !existsSync(envFile) ? [] : [`--env-file=${envFile}`];
  // Stripped and compiled code is kept between starts: that halves the time until a process is up.
  process.env.NODE_COMPILE_CACHE ??= join(modules, '.cache', 'node');
  return run(chooseNode(), [...settings, file, ...args]);
}

async function install() {
  const lock = readJson(join(root, 'package-lock.json'));
  const missing = () => {
    const installed = readJson(join(modules, '.package-lock.json'));
    if (lock)
      return missingPackages(lock, installed, platform(), (path) => existsSync(join(root, path, 'package.json')));
    return installed ? [] : ['all packages (there is no lock file)'];
  };
  const before = missing();
  if (before.length > 0) {
    const named = before.slice(0, 3).join(', ') + (before.length > 3 ? ' and more' : '');
    say(`Installing dependencies: ${before.length} missing or of another version (${named}).`);
    // What is there stays in place for the processes that run from it; `ci` would remove it all first.
    await npm(lock && !existsSync(modules) ? ['ci'] : ['install', '--no-save'], lock);
    const after = missing();
    if (after.length > 0) {
      throw new Refusal(
        `npm ended without an error, but these are still missing: ${after.slice(0, 8).join(', ')}.\n` +
          'Optional packages may be switched off ("npm config get omit") or missing in your registry: mend that, then run the command again.',
      );
    }
    say('Dependencies are installed.');
  }
  const made = makePackageLinks(modules);
  if (made > 0) say(`Made ${made} library links of the embedded Postgres (install scripts had not run).`);
}

async function npm(command, lock) {
  const verb = command[0];
  const started = Date.now();
  const paths = Object.keys(lock?.packages ?? {}).filter((path) => path);
  let last = -1;
  const progress = setInterval(() => {
    const there = paths.filter((path) => existsSync(join(root, path, 'package.json'))).length;
    if (there !== last)
      say(`  npm ${verb}: ${there} packages unpacked, ${Math.round((Date.now() - started) / 1000)} s`);
    last = there;
  }, 3000);
  // Under `npm start` npm names its own script; without it the one on PATH is taken.
  const script = process.env.npm_execpath;
  const [file, ...prefix] = script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
  let failure;
  const code = await run(file, [...prefix, ...command, '--no-audit', '--no-fund', '--loglevel=error'], root).catch(
    (error) => {
      failure = error;
    },
  );
  clearInterval(progress);
  if (failure)
    throw new Refusal(`npm could not be run (${failure.message}). Install Node with npm, then run the command again.`);
  if (code !== 0) {
    throw new Refusal(
      `"npm ${verb}" ended with code ${code}. Its message stands above.\n` +
        'Usual remedies: a network or proxy for the registry that "npm config get registry" names, free disk space,\n' +
        'write access to this folder; with a broken cache "npm cache verify". Then run the command again.',
    );
  }
}

function chooseNode() {
  if (Number.parseInt(process.versions.node, 10) >= requiredMajor) return process.execPath;
  const packaged = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  throw new Refusal(
    `Switchboard runs under Node ${requiredMajor}; this is Node ${process.versions.node}, and npm has no package of it for ` +
      `${process.platform}-${process.arch}. Install Node ${requiredMajor} or newer and run the command again.`,
  );
}

/** Runs to the end and returns the exit code, a death by signal counted as the shell counts it. */
function run(file, args, cwd) {
  const child = spawn(file, args, { stdio: 'inherit', cwd });
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole group: the child has it already.
    const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    if (signal !== 'SIGINT' || !hasTerminal) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
    });
  });
}

function platform() {
  // Asked for only on Linux: the report takes a few milliseconds.
  const isGlibc = () => Boolean(process.report.getReport().header.glibcVersionRuntime);
  process.report.excludeNetwork = true;
  const libc = process.platform === 'linux' ? (isGlibc() ? 'glibc' : 'musl') : undefined;
  return { os: process.platform, cpu: process.arch, libc };
}

function readJson(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Refusal(
      `${file} is not readable as JSON (${cause.message}). Restore or delete it, then run the command again.`,
    );
  }
}
