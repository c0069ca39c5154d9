/** `npm run rotate-key`: changes the key-encryption key, and brings what is stored under the new one. */
import { readConfig } from '../contracts/config.ts';
import { openDatabase } from '../db/database.ts';
import { createFileKeyProvider } from '../db/key-provider.ts';
import { createSealedValues } from '../db/sealed-values.ts';
import { createSealer } from '../db/sealing.ts';
import { readRotation, rotateKeyLine } from './rotate-key/rotate.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { runCommand } from './running/command-line.ts';

const args = process.argv.slice(2);
await runCommand(rotateKeyLine, args, async () => {
  const rotate = readRotation(args);
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const keyFile = config.KEY_FILE;
  const database = openDatabase({ url: databaseUrlOf(config), poolSize: 2 });
  try {
    await database.ready();
    const openValues = () => createSealedValues({ database, sealer: createSealer(createFileKeyProvider(keyFile)) });
    for (const line of await rotate({ keyFile, openValues })) console.log(line);
  } finally {
    await database.close();
  }
});
