import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
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
  /** In the order in which they were appended, and how many lines could not be read; a death cuts the last one. */
  read(): Promise<{ batches: TurnBatch[]; unreadable: number }>;
  /** Zero where there is none. */
  bytes(): Promise<number>;
  remove(): Promise<void>;
}

const purpose = Buffer.from('turn-spool');

/** `key`: 32 bytes, the same for all gateways that share the folder. */
export function openSpoolFile(path: string, key: Buffer): SpoolFile {
  return {
    async append(batch) {
      const line = `${encrypt(key, Buffer.from(JSON.stringify(batch)), purpose).toString('base64url')}\n`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendFile(path, line, { mode: 0o600 });
    },
    async read() {
      const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
      const batches = lines.flatMap((line) => batchOf(line, key) ?? []);
      return { batches, unreadable: lines.length - batches.length };
    },
    bytes: () =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    remove: () => rm(path, { force: true }),
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
