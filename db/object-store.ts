import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Config } from '../contracts/config.ts';
import { AppError } from '../contracts/errors.ts';

/** Keeps large objects by key, such as `acme/calls/CA1/RE1`. What it is given is sealed already. */
export interface ObjectStore {
  /** Writes the whole object, or leaves what was there. */
  write(key: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Fails with `object-missing` where there is none. */
  read(key: string): AsyncIterable<Uint8Array>;
  /** Removing what is not there changes nothing. */
  remove(key: string): Promise<void>;
}

/** The store behind an address; `file:` is a folder of this machine, which all workers must share. */
export function openObjectStore(url: string): ObjectStore {
  const { protocol } = new URL(url);
  if (protocol !== 'file:') throw new AppError('config-invalid', `objects cannot be kept at ${protocol}`);
  return createFolderStore(fileURLToPath(url));
}

/** Where recordings are kept: as configured, or in the data folder. */
export function recordingsUrl({ RECORDINGS_URL, DATA_DIR }: Pick<Config, 'RECORDINGS_URL' | 'DATA_DIR'>): string {
  return RECORDINGS_URL ?? pathToFileURL(join(resolve(DATA_DIR), 'recordings')).href;
}

export function createFolderStore(folder: string): ObjectStore {
  const pathOf = (key: string): string => {
    const parts = key.split('/');
    if (parts.some((part) => !/^[A-Za-z0-9._@-]{1,160}$/.test(part) || /^\.+$/.test(part)))
      throw new RangeError('a key of an object is made of words of letters, digits, dots and dashes');
    return join(folder, ...parts);
  };
  return {
    write: async (key, content) => {
      const path = pathOf(key);
      const part = `${path}.${randomUUID()}.part`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        const file = await open(part, 'wx', 0o600);
        try {
          for await (const bytes of content) await file.appendFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, path);
      } finally {
        await rm(part, { force: true });
      }
    },
    read: (key) => readFolder(pathOf(key)),
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

async function* readFolder(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(path)) yield bytes;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new AppError('object-missing', 'the object store has no such object', { cause });
  }
}
