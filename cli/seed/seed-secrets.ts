import type { SeedStores } from './seed-stores.ts';

/** Absent: the tenant keeps what it has. */
export interface SeedSecrets {
  carrier?: { accountId: string; authToken: string };
  modelKey?: string;
  /** For assistants that speak through OpenAI. */
  openAiKey?: string;
}

export async function storeSecrets(
  { credentials }: SeedStores,
  tenantId: string,
  { carrier, modelKey, openAiKey }: SeedSecrets,
): Promise<void> {
  if (carrier) {
    const { accountId, authToken } = carrier;
    await credentials.storeSecret({
      tenantId,
      provider: 'twilio',
      accountId,
      label: 'auth-token',
      secret: authToken,
    });
  }
  if (modelKey !== undefined)
    await credentials.storeSecret({ tenantId, provider: 'gemini', label: 'api-key', secret: modelKey });
  if (openAiKey !== undefined)
    await credentials.storeSecret({ tenantId, provider: 'openai', label: 'api-key', secret: openAiKey });
}
