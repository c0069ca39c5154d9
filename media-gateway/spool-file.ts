import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Turn } from '../contracts/turns.ts';
import { decrypt, encrypt } from '../db/key-provider.ts';

/** Turns of one call as they were to be written. */
export interface TurnBatch {
  tenantId: string;
  callId: string;
  turns: readonly Turn[];
}

/** Batches of turns in a file, a line each, encrypted; what was said stands nowhere in the clear. */
export interface SpoolFile {
  append(batch: TurnBatch): Promise<void>;
  /** In the order in which they were appended, and how many lines could not be read, but for a last one that a death has cut. */
  read(): Promise<{ batches: TurnBatch[]; unreadable: number }>;
  /** Zero where there is none. */
  bytes(): Promise<number>;
  remove(): Promise<void>;
  /** Leaves it for a person, under a name that no gateway looks at. */
  putAside(): Promise<void>;
}

const asideEnding = '.unreadable';
export const isPutAside = (name: string): boolean => name.endsWith(asideEnding);

const purpose = Buffer.from('turn-spool');

/** `key`: 32 bytes, the same for all gateways that share the folder. */
export function openSpoolFile(path: string, key: Buffer): SpoolFile {
  /** A disk that is full takes half of a line: what follows must not be glued to it. */
  let isTorn = false;
  return {
    async append(batch) {
      const line = `${encrypt(key, Buffer.from(JSON.stringify(batch)), purpose).toString('base64url')}\n`;
      const whole = isTorn ? `\n${line}` : line;
      isTorn = true;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendFile(path, whole, { mode: 0o600 });
      isTorn = false;
    },
    async read() {
      const lines = (await readFile(path, 'utf8')).split('\n');
      lines.pop(); // empty, or a line that has no end
      const whole = lines.filter((line) => line !== '');
      const batches = whole.flatMap((line) => batchOf(line, key) ?? []);
      return { batches, unreadable: whole.length - batches.length };
    },
    bytes: () =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    remove: () => rm(path, { force: true }),
    putAside: () => rename(path, `${path}${asideEnding}`),
  };
}

/** The line is ours where it opens: the key has vouched for its shape. */
function batchOf(line: string, key: Buffer): TurnBatch | undefined {
  try {
    const batch: TurnBatch = JSON.parse(decrypt(key, Buffer.from(line, 'base64url'), purpose).toString());
    return batch;
  } catch {
    return undefined;
  }
}
