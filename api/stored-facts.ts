import type { FastifyBaseLogger } from 'fastify';
import type { CallInput } from '../contracts/messages.ts';
import { createPromptStore } from '../db/audio-prompts.ts';
import { createCallEventStore } from '../db/call-events.ts';
import { type CallKey, createCallSessionStore } from '../db/call-sessions.ts';
import { createCostStore } from '../db/cost-entries.ts';
import type { Database } from '../db/database.ts';
import { createLookups } from '../db/lookups.ts';
import type { ObjectStore } from '../db/object-store.ts';
import { createPhoneNumberStore } from '../db/phone-numbers.ts';
import { createCredentialStore, type SealedCredential } from '../db/provider-credentials.ts';
import { createRecordingStore } from '../db/recordings.ts';
import type { Sealer } from '../db/sealing.ts';
import { createToolLogStore } from '../db/tool-logs.ts';
import { createTurnStore } from '../db/turns.ts';
import type { AccountClaim } from './account-directory.ts';
import { claimedTenant, hashApiKey } from './api-key.ts';
import type { StoredOutcome } from './carrier-form.ts';
import type { CallEvent } from './event-log.ts';
import type { GatewayOffer } from './gateway-chooser.ts';

export type StoredFacts = ReturnType<typeof createStoredFacts>;

/** What the API knows from the database, in the shape in which it asks. */
export function createStoredFacts({
  database,
  sealer,
  objects,
  log,
}: {
  database: Database;
  sealer: Sealer;
  /** Where recordings are kept. */
  objects: ObjectStore;
  log: FastifyBaseLogger;
}) {
  const lookups = createLookups(database);
  const credentials = createCredentialStore({ database, sealer });
  const sessions = createCallSessionStore({ database, sealer });
  const numbers = createPhoneNumberStore(database);
  const prompts = createPromptStore(database);
  const events = createCallEventStore(database);
  const turns = createTurnStore(database);
  const toolLogs = createToolLogStore(database);
  const costs = createCostStore(database);
  const recordings = createRecordingStore({ database, sealer, objects });

  async function openClaim(sealed: SealedCredential): Promise<AccountClaim | undefined> {
    try {
      return { tenantId: sealed.tenantId, authToken: await credentials.openSecret(sealed) };
    } catch (err) {
      log.error({ tenantId: sealed.tenantId, credentialId: sealed.credentialId, err }, 'auth token cannot be opened');
      return undefined;
    }
  }

  return {
    claims: (accountId: string): Promise<SealedCredential[]> => lookups.accountCredentials('twilio', accountId),
    openClaim,
    knownNumbers: () => lookups.knownNumbers(),
    hasCredentials: async (tenantId: string, accountId: string): Promise<boolean> =>
      (await lookups.accountCredentials('twilio', accountId)).some((sealed) => sealed.tenantId === tenantId),

    tenantsOf: (phoneNumber: string) => lookups.numberTenants(phoneNumber),
    route: (tenantId: string, phoneNumber: string) => numbers.routeForNumber({ tenantIds: [tenantId], phoneNumber }),
    numbersOf: (tenantId: string) => numbers.readNumbers(tenantId),

    freshGateways: (): Promise<GatewayOffer[]> => database.platform.execute<GatewayOffer>(freshSql),

    /** How the assistant of the call's latest epoch left; an older epoch's outcome has been heard of. */
    storedOutcome: async (call: CallKey): Promise<StoredOutcome | undefined> => {
      const record = await sessions.readCall(call);
      if (!record?.outcome || record.outcome.epoch !== record.epoch) return undefined;
      const { outcome, visit } = record.outcome;
      return { outcome, ...(visit === undefined ? {} : { visit }) };
    },

    promptFile: (tenantId: string, audioId: string) => prompts.readPromptFile(tenantId, audioId),

    appendEvent: (event: CallEvent): Promise<void> => events.appendEvent(event),

    tenantOfKey: async (key: string): Promise<string | undefined> => {
      const tenantId = claimedTenant(key);
      if (tenantId === undefined) return undefined;
      const rows = await database.forTenant(tenantId).execute(keySql, [tenantId, hashApiKey(key)]);
      return rows.length > 0 ? tenantId : undefined;
    },

    callReport: async (tenantId: string, callId: string): Promise<object | undefined> => {
      const key = { tenantId, callId };
      const session = await sessions.readCall(key);
      if (!session) return undefined;
      const [transcript, happened, tools, bill, recorded] = await Promise.all([
        turns.readTurns(key),
        events.readEvents(key),
        toolLogs.readToolLogs(key),
        costs.readCosts(key),
        recordings.readRecordings(key),
      ]);
      return { session, turns: transcript, events: happened, tools, costs: bill, recordings: recorded };
    },

    /** The sound of a call's recording, where it was kept; its first part is verified. */
    recordedSound: async ({ tenantId, callId, recordingId }: CallKey & { recordingId: string }) => {
      const recording = await recordings.readRecording({ tenantId, recordingId });
      if (recording?.callId !== callId || recording.status !== 'kept') return undefined;
      const parts = recordings.readSound({ tenantId, recordingId });
      const first = await parts.next();
      async function* sound(): AsyncGenerator<Uint8Array> {
        if (!first.done) yield first.value;
        yield* parts;
      }
      return { bytes: recording.bytes ?? 0, sound: sound() };
    },

    rememberUnadopted: ({ call, sinceMs }: { call: CallInput; sinceMs: number }): Promise<void> => {
      const { tenantId, callId, direction, from, to, carrier, language, flow, degradedPlan } = call;
      const { flowId, version: flowVersion } = flow;
      const parties = {
        direction,
        from,
        to,
        carrierAccountId: carrier.accountId,
        carrierCallId: carrier.carrierCallId,
        language,
      };
      return sessions.recordCall({
        tenantId,
        callId,
        phase: 'degraded',
        ...parties,
        flowId,
        flowVersion,
        degradedPlan,
        admittedAtMs: sinceMs,
      });
    },
    markAdopted: async ({ tenantId, callId }: CallKey, atMs: number): Promise<void> =>
      void (await sessions.markAdopted({ tenantId, callId, atMs })),

    /** Calls that some API answered without their workflow. */
    unadopted: async (): Promise<(CallKey & { ageMs: number })[]> =>
      (await lookups.liveCalls()).filter(({ phase, adopted }) => phase === 'degraded' && !adopted),
    readCall: (key: CallKey) => sessions.readCall(key),
  };
}

/** Fresh by the database's own clock: gateways touch their rows every 500 ms. */
const freshSql = `select id as "gatewayId", media_url as "mediaUrl", calls, capacity from gateways
  where touched_at > clock_timestamp() - interval '1 second' and not draining and calls < capacity`;

const keySql = 'select 1 as found from api_keys where tenant_id = ? and key_hash = ? and revoked_at is null';
