import { AppError } from '../contracts/errors.ts';

export interface ModelAccessDeps {
  /** The tenant's key; undefined where it has none. Rejects where it cannot be read. */
  readKey: (tenantId: string) => Promise<string | undefined>;
  /** Address of the model where it is not the vendor's own. */
  baseUrl?: string;
  nowMs: () => number;
}

const FRESH_MS = 60_000;

/** The tenants' keys for models, remembered so that a call can begin while the database is away. */
export function createModelAccess({ readKey, baseUrl, nowMs }: ModelAccessDeps) {
  const kept = new Map<string, { apiKey: string; atMs: number }>();
  return async (tenantId: string): Promise<{ apiKey: string; baseUrl?: string }> => {
    const address = baseUrl === undefined ? {} : { baseUrl };
    const known = kept.get(tenantId);
    if (known && nowMs() - known.atMs < FRESH_MS) return { apiKey: known.apiKey, ...address };
    try {
      const apiKey = await readKey(tenantId);
      if (apiKey === undefined) throw new AppError('credentials-missing', 'the tenant has no key for its model');
      kept.set(tenantId, { apiKey, atMs: nowMs() });
      return { apiKey, ...address };
    } catch (failure) {
      if (!known || (failure instanceof AppError && failure.code === 'credentials-missing')) throw failure;
      return { apiKey: known.apiKey, ...address };
    }
  };
}
