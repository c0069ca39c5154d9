import type { Config } from '../../contracts/config.ts';
import { AppError } from '../../contracts/errors.ts';
import { openDatabase } from '../../db/database.ts';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createLookups } from '../../db/lookups.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import { type EvacuationCounts, evacuateCalls } from '../../telephony/evacuate.ts';
import { createTwilioClient } from '../../telephony/twilio-client.ts';
import { type CarrierCall, TwilioVoiceProvider } from '../../telephony/twilio-voice-provider.ts';

/**
 * Leaves every live call of this database with that part of its degraded plan which needs no process of ours.
 * `config` is complete: it names the database and the carrier as the processes know them.
 */
export async function evacuateStack(config: Config, deadlineMs: number): Promise<EvacuationCounts> {
  if (config.DATABASE_URL === undefined) throw new AppError('database-unavailable', 'no database is known');
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: 2 });
  try {
    const credentials = createCredentialStore({
      database,
      sealer: createSealer(createFileKeyProvider(config.KEY_FILE)),
    });
    const calls = new Map<string, CarrierCall>();
    const liveCalls = [];
    for (const { tenantId, callId, carrierAccountId, carrierCallId, degradedPlan } of await createLookups(
      database,
    ).liveCalls()) {
      if (!carrierAccountId || !carrierCallId || !degradedPlan) continue; // nobody was connected yet
      const { language, voiceId } = degradedPlan;
      calls.set(callId, { tenantId, accountId: carrierAccountId, carrierCallId, language, voiceId });
      liveCalls.push({ callId, degradedPlan });
    }
    const provider = new TwilioVoiceProvider({
      calls: { find: async (callId) => calls.get(callId) },
      accounts: {
        accountOfNumber: neverAsked,
        authToken: (tenantId, accountId) =>
          credentials.readSecret({ tenantId, accountId, provider: 'twilio', label: 'auth-token' }),
      },
      dials: {
        claim: neverAsked,
        placed: neverAsked,
        release: neverAsked,
        isUnderWay: neverAsked,
        isTaken: neverAsked,
      },
      pace: { turn: neverAsked, tooOften: neverAsked },
      streams: { command: neverAsked },
      connect: (account) => createTwilioClient(account, { baseUrl: config.TWILIO_BASE_URL, timeoutMs: deadlineMs }),
      publicUrl: config.PUBLIC_URL,
      nowMs: Date.now,
    });
    return await evacuateCalls({ liveCalls, provider, deadlineMs });
  } finally {
    await database.close();
  }
}

/** A redirection by an inline document dials nobody and goes past the gateways. */
function neverAsked(): Promise<never> {
  return Promise.reject(new AppError('not-ready', 'an evacuation only redirects'));
}
