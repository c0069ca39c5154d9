import { access } from 'node:fs/promises';
import { AppError } from '../../contracts/errors.ts';
import { rotateFileKey } from '../../db/key-provider.ts';
import type { createSealedValues } from '../../db/sealed-values.ts';
import { type CommandLine, readCommandLine } from '../running/command-line.ts';

export const rotateKeyLine = {
  usage: ['npm run rotate-key', 'npm run rotate-key -- --rewrap'],
  summary:
    'adds a key-encryption key to KEY_FILE: what is sealed from the next start of each process on is sealed under it.\n' +
    'Older keys stay in the file, for what they have sealed, and what is derived from it (histories, spools, tokens) stays as it is.\n' +
    'Refuses where the file is not the one that the secrets were sealed with',
  options: {
    rewrap: {
      type: 'boolean',
      help: 'brings stored secrets and the keys of recordings under the newest key; first copy KEY_FILE to every machine',
    },
  },
} as const satisfies CommandLine;

export interface RotationDeps {
  keyFile: string;
  /** Opened anew for each step: the file may have another key by then. */
  openValues: () => ReturnType<typeof createSealedValues>;
}

/** Reads the command line; what it returns does what was asked and tells what it did. Throws `WrongUsage`. */
export function readRotation(args: readonly string[]): (deps: RotationDeps) => Promise<string[]> {
  const { rewrap = false } = readCommandLine(rotateKeyLine, args).values;
  return async ({ keyFile, openValues }) => {
    await access(keyFile).catch(() => {
      throw new AppError(
        'config-invalid',
        `there is no key file ${keyFile}: set KEY_FILE to the one of this installation`,
      );
    });
    // Nothing is changed before all of it could be: the file may be another installation's, or an old copy.
    const older = await openValues().countOlder();
    if (rewrap) {
      const count = older === 0 ? 0 : await openValues().rewrap();
      return [
        `${count} stored secrets and keys of recordings are under the newest key now; none is under an older one.`,
      ];
    }
    const keyId = await rotateFileKey(keyFile);
    return [
      `The key ${keyId} is in ${keyFile} now, and the newest one. Keep a backup of the file as it is now.`,
      'Next: copy it to every machine of this installation, restart the processes there,',
      `and bring what is stored under it: npm run rotate-key -- --rewrap (${await openValues().countOlder()} to do).`,
    ];
  };
}
