/** `npm run api-key -- NAME`: makes, lists and revokes the keys with which a tenant's programs ask the API. */
import { readConfig } from '../contracts/config.ts';
import { apiKeyLine, readKeyRequest } from './api-key/manage-keys.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { runCommand } from './running/command-line.ts';
import { openSeedStores } from './seed/seed-stores.ts';

const args = process.argv.slice(2);
await runCommand(apiKeyLine, args, async () => {
  const request = readKeyRequest(args);
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    const { out, note } = await request(stores);
    for (const line of out) console.log(line);
    if (note !== undefined) console.error(note);
  } finally {
    await stores.database.close();
  }
});
