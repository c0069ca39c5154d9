import { AppError } from '../../contracts/errors.ts';
import { newApiKey } from '../../api/api-key.ts';
import type { createApiKeyStore } from '../../db/api-keys.ts';
import type { createTenantStore } from '../../db/tenants.ts';
import { type CommandLine, readCommandLine, WrongUsage } from '../running/command-line.ts';

export const apiKeyLine = {
  usage: ['npm run api-key -- NAME [--tenant ID]', 'npm run api-key -- --revoke NAME', 'npm run api-key -- --list'],
  summary:
    "makes a key with which a tenant's own programs ask the API; it is printed once, since only its hash is kept.\n" +
    'A new key of the same name takes the place of the old one',
  arguments: { NAME: 'your own name for it: letters, digits, `-` and `_`' },
  options: {
    tenant: { type: 'string', value: 'ID', help: 'whose; demo unless said' },
    revoke: { type: 'string', value: 'NAME', help: 'refuses that key from now on' },
    list: { type: 'boolean', help: 'lists the names of all keys' },
  },
} as const satisfies CommandLine;

interface KeyStores {
  apiKeys: ReturnType<typeof createApiKeyStore>;
  tenants: Pick<ReturnType<typeof createTenantStore>, 'readTenant'>;
}

/** What is printed: the key alone goes to standard output, so that a script can keep it. */
export interface KeyAnswer {
  out: readonly string[];
  note?: string;
}

/** Reads the command line; what it returns does what was asked, and throws where that cannot be done. Throws `WrongUsage`. */
export function readKeyRequest(args: readonly string[]): (stores: KeyStores) => Promise<KeyAnswer> {
  const { values, positionals } = readCommandLine(apiKeyLine, args);
  const { tenant: tenantId = 'demo', revoke, list = false } = values;
  const [name, ...more] = positionals;
  const asked = [name, revoke, list || undefined].filter((each) => each !== undefined);
  if (asked.length !== 1 || more.length > 0) throw new WrongUsage('name one key, or say --revoke NAME or --list');
  if (name !== undefined && !/^[\w-]{1,64}$/.test(name)) throw new WrongUsage(`"${name}" is no name of a key`);

  return async ({ apiKeys, tenants }) => {
    if (!(await tenants.readTenant(tenantId))) throw new AppError('tenant-unknown', `there is no tenant "${tenantId}"`);
    if (list) {
      const keys = await apiKeys.readApiKeys(tenantId);
      if (keys.length === 0) return { out: [], note: `tenant ${tenantId} has no keys` };
      return { out: keys.map(({ keyId, isRevoked }) => (isRevoked ? `${keyId}  revoked` : keyId)) };
    }
    if (revoke !== undefined) {
      if (!(await apiKeys.revokeApiKey({ tenantId, keyId: revoke })))
        throw new AppError('api-key-unknown', `tenant ${tenantId} has no key "${revoke}" that is in force`);
      return { out: [], note: `the key ${revoke} of tenant ${tenantId} is revoked` };
    }
    const { key, keyHash } = newApiKey(tenantId);
    await apiKeys.storeApiKey({ tenantId, keyId: name ?? '', keyHash });
    return { out: [key], note: `the key ${name} of tenant ${tenantId}; it is not shown again` };
  };
}
