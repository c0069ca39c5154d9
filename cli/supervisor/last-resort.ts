import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface LastResort {
  /** Has process `id` (a group where negative) ended by `signal` should we die first; returns how to withdraw it. */
  watch(id: number, signal?: NodeJS.Signals): () => void;
  /** Ends the guard; what is still watched is ended with it. */
  close(): void;
}

/** Starts the guard that ends our processes when we are killed. */
export function startLastResort(): LastResort {
  const file = join(import.meta.dirname, 'last-resort.mjs');
  const guard = spawn(process.execPath, [file], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  guard.unref();
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined); // it was killed: there is no guard then, and nothing else changes
  return {
    watch(id, signal = 'SIGTERM') {
      guard.stdin.write(`+${id} ${signal}\n`);
      return () => guard.stdin.write(`-${id}\n`);
    },
    close: () => void guard.stdin.end(),
  };
}
