/**
 * Keeps one process running.
 *
 * Phases: running -> waiting (for its restart) -> running …, and from each: stopping -> stopped.
 * 1. The process leads a group of its own; signals go to the whole group, so that nothing it started stays behind.
 * 2. While it is not being stopped, an end is followed by a restart, later each time; a steady run resets the delay.
 * 3. `stop` and `kill` are final, in every phase, and settle when the process and its group have gone.
 * 4. Every start and end is told to `watched`, so that a guard outside can clean up if this process dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from './child-env.ts';

export interface ChildCommand {
  name: string;
  file: string;
  args: readonly string[];
  cwd: string;
  env: Environment;
}

export interface ChildDeps {
  /** One line about the child. */
  say: (line: string) => void;
  /** One line that the child wrote. */
  output: (line: string) => void;
  /** The group's id when it starts; what is returned is called when the group has gone. */
  watched: (groupId: number) => () => void;
  nowMs: () => number;
  /** Delay before restart number `attempt`, counted from 1 since the last steady run. */
  backoffMs?: (attempt: number) => number;
  /** A run of this length counts as steady. */
  steadyMs?: number;
}

type State =
  | { phase: 'running'; child: ChildProcess; sinceMs: number; gone: Promise<void> }
  | { phase: 'waiting'; timer: NodeJS.Timeout }
  | { phase: 'stopping'; child: ChildProcess; gone: Promise<void> }
  | { phase: 'stopped' };

/** A quarter of a second, doubling up to ten seconds. */
export function defaultBackoffMs(attempt: number): number {
  return Math.min(10_000, 250 * 2 ** (attempt - 1));
}

export class SupervisedChild {
  readonly name: string;
  readonly #command: ChildCommand;
  readonly #deps: ChildDeps;
  #state: State = { phase: 'stopped' };
  #attempt = 0;

  constructor(command: ChildCommand, deps: ChildDeps) {
    this.name = command.name;
    this.#command = command;
    this.#deps = deps;
  }

  get phase(): State['phase'] {
    return this.#state.phase;
  }

  /** Id of the process and of its group while it runs. */
  get pid(): number | undefined {
    return 'child' in this.#state ? this.#state.child.pid : undefined;
  }

  start(): void {
    const { file, args, cwd, env } = this.#command;
    // stdin is closed: a child of a terminal's background group would be stopped by reading it.
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', this.#deps.output);
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const forget = child.pid === undefined ? undefined : this.#deps.watched(child.pid);
    const ended = (how: string): void => {
      signalGroup(child, 'SIGKILL'); // invariant 1: what it started and left behind
      forget?.();
      resolve();
      this.#onEnd(how);
    };
    child.once('error', (error) => child.pid === undefined && ended(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => ended(signal ? `ended by ${signal}` : `ended with code ${code}`));
    this.#state = { phase: 'running', child, sinceMs: this.#deps.nowMs(), gone };
  }

  /** SIGTERM now, SIGKILL after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const gone = this.#end('SIGTERM');
    if (!gone) return;
    const impatience = setTimeout(() => {
      this.#deps.say(`did not stop within ${graceMs / 1000} s and is killed`);
      void this.kill();
    }, graceMs);
    await gone;
    clearTimeout(impatience);
  }

  /** SIGKILL, without a word. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  #end(signal: NodeJS.Signals): Promise<void> | undefined {
    const state = this.#state;
    if (state.phase === 'stopped') return undefined;
    if (state.phase === 'waiting') {
      clearTimeout(state.timer);
      this.#state = { phase: 'stopped' };
      return undefined;
    }
    this.#state = { phase: 'stopping', child: state.child, gone: state.gone };
    signalGroup(state.child, signal);
    return state.gone;
  }

  #onEnd(how: string): void {
    if (this.#state.phase !== 'running') {
      this.#state = { phase: 'stopped' };
      return;
    }
    const { backoffMs = defaultBackoffMs, steadyMs = 30_000, nowMs, say } = this.#deps;
    this.#attempt = nowMs() - this.#state.sinceMs >= steadyMs ? 1 : this.#attempt + 1;
    const delayMs = backoffMs(this.#attempt);
    say(`${how}; starting it again in ${delayMs / 1000} s`);
    this.#state = { phase: 'waiting', timer: setTimeout(() => this.start(), delayMs) };
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the group has gone already
  }
}
