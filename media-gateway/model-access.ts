import { AppError } from '../contracts/errors.ts';
import { type ModelProvider, modelProvider } from '../contracts/models.ts';
import { within } from './session/within.ts';

export interface ModelAccessDeps {
  /** The tenant's key; undefined where it has none. Rejects where it cannot be read. */
  readKey: (tenantId: string, provider: ModelProvider) => Promise<string | undefined>;
  /** Addresses of the models where they are not the vendors' own. */
  baseUrls: Readonly<Partial<Record<ModelProvider, string | undefined>>>;
  nowMs: () => number;
}

const FRESH_MS = 60_000;
/** A database that says nothing keeps no caller waiting whose key is known. */
const WAIT_MS = 250;

/** The tenants' keys for models, remembered so that a call can begin while the database is away. */
export function createModelAccess({ readKey, baseUrls, nowMs }: ModelAccessDeps) {
  const kept = new Map<string, { apiKey: string; atMs: number }>();
  return async (tenantId: string, modelId: string): Promise<{ apiKey: string; baseUrl?: string }> => {
    const provider = modelProvider(modelId);
    const baseUrl = baseUrls[provider];
    const address = baseUrl === undefined ? {} : { baseUrl };
    const keptAs = `${provider}/${tenantId}`;
    const known = kept.get(keptAs);
    if (known && nowMs() - known.atMs < FRESH_MS) return { apiKey: known.apiKey, ...address };
    const reading = readKey(tenantId, provider).then((apiKey) => {
      if (apiKey === undefined) throw new AppError('credentials-missing', 'the tenant has no key for its model');
      kept.set(keptAs, { apiKey, atMs: nowMs() });
      return apiKey;
    });
    try {
      return { apiKey: await (known ? within(reading, WAIT_MS, known.apiKey) : reading), ...address };
    } catch (failure) {
      if (!known || (failure instanceof AppError && failure.code === 'credentials-missing')) throw failure;
      return { apiKey: known.apiKey, ...address };
    }
  };
}
