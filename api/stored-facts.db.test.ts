import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallSessionStore } from '../db/call-sessions.ts';
import { createGatewayStore } from '../db/gateways.ts';
import { createFileKeyProvider } from '../db/key-provider.ts';
import { createCredentialStore } from '../db/provider-credentials.ts';
import { createSealer } from '../db/sealing.ts';
import type { CallState } from '../contracts/messages.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { newApiKey } from './api-key.ts';
import { createNumberDirectory } from './number-directory.ts';
import { createFolderStore } from '../db/object-store.ts';
import { createStoredFacts, type StoredFacts } from './stored-facts.ts';
import { createUnadoptedCalls } from './unadopted-calls.ts';
import { accountId, authToken, callSid, caller, ownNumber, route } from './testing/api-harness.ts';
import { addRoutedTenant } from './testing/routed-tenant.ts';

let db: TestDatabase;
let folder: string;
let facts: StoredFacts;
let sessions: ReturnType<typeof createCallSessionStore>;

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'stored-facts-'));
  const sealer = createSealer(createFileKeyProvider(join(folder, 'keys.json')));
  const { database } = db;
  await addTenants(database);
  const credentials = createCredentialStore({ database, sealer });
  await addRoutedTenant({ database, sealer });
  await credentials.storeSecret({
    tenantId: 'other',
    provider: 'twilio',
    accountId,
    label: 'auth-token',
    secret: 'of-other',
  });
  sessions = createCallSessionStore({ database, sealer });
  facts = createStoredFacts({ database, sealer, objects: createFolderStore(tmpdir()), log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await db?.close();
  await rm(folder, { recursive: true, force: true });
});

const call = {
  tenantId: 'acme',
  callId: callSid,
  direction: 'inbound' as const,
  from: caller,
  to: ownNumber,
  carrier: { provider: 'twilio' as const, accountId, carrierCallId: callSid },
  flow: route.flow,
  degradedPlan: route.degradedPlan,
  language: 'cs-CZ',
  allowedPrivateHosts: ['127.0.0.1:4030'],
};

describe('what the API knows from the database', () => {
  it('opens the tokens of all tenants that claim an account, and knows a stranger as one', async () => {
    const claims = await facts.claims(accountId);
    expect(JSON.stringify(claims)).not.toContain(authToken);
    expect(await Promise.all(claims.map(facts.openClaim))).toEqual([
      { tenantId: 'acme', authToken },
      { tenantId: 'other', authToken: 'of-other' },
    ]);
    expect(await facts.openClaim({ tenantId: 'other', credentialId: 'c', sealedSecret: 'spoilt' })).toBeUndefined();
    expect(await facts.claims(`AC${'0'.repeat(32)}`)).toEqual([]);
    expect([await facts.hasCredentials('acme', accountId), await facts.hasCredentials('nobody', accountId)]).toEqual([
      true,
      false,
    ]);
  });

  it('leads a number to its published flow, for its own tenant only', async () => {
    expect(await facts.route('acme', ownNumber)).toMatchObject({
      tenantId: 'acme',
      flow: { flowId: 'demo', version: 1 },
      allowedPrivateHosts: ['127.0.0.1:4030'],
    });
    expect(await facts.route('other', ownNumber)).toBeUndefined();
  });

  it('offers gateways that are fresh, not draining and not full', async () => {
    const gateways = createGatewayStore(db.database);
    for (const gatewayId of ['fresh', 'draining', 'full', 'stale'])
      await gateways.registerGateway({ gatewayId, mediaUrl: `wss://m.test/${gatewayId}`, capacity: 2 });
    await gateways.touchGateway({ gatewayId: 'draining', calls: 0, draining: true });
    await gateways.touchGateway({ gatewayId: 'full', calls: 2, draining: false });
    await query(db.adminUrl, `update gateways set touched_at = now() - interval '2 seconds' where id = 'stale'`);
    expect(await facts.freshGateways()).toEqual([
      { gatewayId: 'fresh', mediaUrl: 'wss://m.test/fresh', calls: 0, capacity: 2 },
    ]);
  });

  it('knows a key by its hash, under the tenant that it names, until it is revoked', async () => {
    const { key, keyHash } = newApiKey('acme');
    await query(db.adminUrl, `insert into api_keys (tenant_id, id, name, key_hash) values ('acme', 'k1', 'test', $1)`, [
      keyHash,
    ]);
    expect(await facts.tenantOfKey(key)).toBe('acme');
    expect(await facts.tenantOfKey(key.replace('acme', 'other'))).toBeUndefined();
    expect(await facts.tenantOfKey('nonsense')).toBeUndefined();
    await query(db.adminUrl, `update api_keys set revoked_at = now()`);
    expect(await facts.tenantOfKey(key)).toBeUndefined();
  });

  it('brings the outcome of the latest epoch and of no other', async () => {
    const key = { tenantId: 'acme', callId: 'outcome-1' };
    expect(await facts.storedOutcome(key)).toBeUndefined();
    await sessions.claimEpoch({ ...key, epoch: 1, streamSid: 'MZ1', gatewayId: 'g', atMs: 0 });
    await sessions.storeOutcome({ ...key, epoch: 1, outcome: 'wantsHuman' });
    expect(await facts.storedOutcome(key)).toEqual({ outcome: 'wantsHuman' });
    await sessions.storeOutcome({ ...key, epoch: 1, visit: 2, outcome: 'ended' });
    expect(await facts.storedOutcome(key)).toEqual({ outcome: 'ended', visit: 2 });
    await sessions.claimEpoch({ ...key, epoch: 2, streamSid: 'MZ2', gatewayId: 'g', atMs: 9 });
    expect(await facts.storedOutcome(key)).toBeUndefined();
  });
});

describe('calls that were answered without their workflow', () => {
  const setUp = (state?: CallState) => {
    const numbers = createNumberDirectory({ tenantsOf: facts.tenantsOf, route: facts.route, nowMs: Date.now });
    return createUnadoptedCalls({ facts, numbers, state: async () => state, nowMs: Date.now });
  };

  it('are found by any process until they are adopted, with all that their workflow needs', async () => {
    const store = setUp();
    const sinceMs = Date.now() - 30_000;
    await store.remember({ call, sinceMs });
    const [found, ...more] = await store.list();
    expect(more).toEqual([]);
    expect(found?.call).toEqual({ ...call, flow: { ...route.flow, assistants: {} } });
    expect(Math.abs((found?.sinceMs ?? 0) - sinceMs)).toBeLessThan(5000);
    await store.forget(call);
    expect(await store.list()).toEqual([]);
    expect(await facts.callReport('acme', callSid)).toMatchObject({
      session: { phase: 'adopted' },
      turns: [],
      costs: [],
    });
    expect(await facts.callReport('other', callSid)).toBeUndefined();
  });

  it('are left alone where their workflow leads them to the plan itself', async () => {
    await setUp().remember({ call: { ...call, callId: 'led' }, sinceMs: Date.now() });
    expect(await setUp({ phase: 'degraded', epoch: 0, answerNumber: 2, tools: [] }).list()).toEqual([]);
    expect(await setUp({ phase: 'new', epoch: 0, answerNumber: 0, tools: [] }).list()).toHaveLength(1);
  });
});
