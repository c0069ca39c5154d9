import { AppError } from './errors.ts';
import type { Metrics } from './metrics.ts';

/** Something that a process needs, and what becomes of calls without it. */
export interface Need {
  /** Resolves when it is there; fails with what is wrong. */
  check: () => Promise<void>;
  /** What still works without it, for operators. */
  stillWorks: string;
}

export type Needs = Readonly<Record<string, Need>>;

/** The answer of `/readyz`: names and states only, since it is open to all. */
export interface ReadinessAnswer {
  ready: boolean;
  /** By name: `ready`, or what is wrong. */
  checks: Record<string, string>;
  missing: string[];
  /** By what is missing. */
  stillWorks: Record<string, string>;
}

export interface Readiness {
  /** Asks for everything now; never longer than two seconds, never fails. */
  ask(): Promise<ReadinessAnswer>;
}

const checkWithinMs = 2_000;

/** Asks for what a process needs, and shows in its metrics what was there when it was last asked. */
export function createReadiness(needs: Needs, metrics: Metrics): Readiness {
  let missing: readonly string[] = Object.keys(needs);
  metrics.gauge('switchboard_ready', 'Whether what the process needs is there', () =>
    Object.keys(needs).map((check) => ({ value: missing.includes(check) ? 0 : 1, labels: { check } })),
  );
  return {
    async ask() {
      const states = await Promise.all(
        Object.entries(needs).map(async ([name, { check }]) => [name, await stateOf(check)] as const),
      );
      const gone = states.filter(([, state]) => state !== 'ready').map(([name]) => name);
      missing = gone;
      return {
        ready: gone.length === 0,
        checks: Object.fromEntries(states),
        missing: gone,
        stillWorks: Object.fromEntries(gone.map((name) => [name, needs[name]?.stillWorks ?? ''])),
      };
    },
  };
}

async function stateOf(check: () => Promise<void>): Promise<string> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('no answer'), checkWithinMs);
  try {
    return await Promise.race([check().then(() => 'ready'), late]);
  } catch (failure) {
    return failure instanceof AppError ? failure.code : 'not-ready';
  } finally {
    clearTimeout(timer);
  }
}
