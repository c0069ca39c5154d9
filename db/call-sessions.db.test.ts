import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createCallSessionStore, type CallSessionStore, type EpochClaim, type NewCall } from './call-sessions.ts';
import { createFileKeyProvider } from './key-provider.ts';
import { createLookups } from './lookups.ts';
import { createSealer } from './sealing.ts';

let fixture: TestDatabase;
let dir = '';
let calls: CallSessionStore;
let callId = '';
let counter = 0;
beforeAll(async () => {
  fixture = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'switchboard-calls-'));
  const sealer = createSealer(createFileKeyProvider(join(dir, 'keys.json')));
  calls = createCallSessionStore({ database: fixture.database, sealer });
  await addTenants(fixture.database);
});
afterAll(async () => {
  await fixture.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  callId = `CA${String(++counter).padStart(32, '0')}`;
});

const key = () => ({ tenantId: 'acme', callId });
const newCall = (): NewCall => ({
  ...key(),
  direction: 'inbound',
  phase: 'admitted',
  from: '+420600000001',
  to: '+420200000000',
  carrierAccountId: 'AC1',
  carrierCallId: callId,
  language: 'cs-CZ',
  flowId: 'f',
  flowVersion: 3,
  degradedPlan: { language: 'cs-CZ', voiceId: 'v', steps: [{ type: 'say', text: 'Omlouváme se.' }] },
  admittedAtMs: 1_700_000_000_123,
});
const claim = (epoch: number, streamSid = `MZ${epoch}`, atMs = epoch * 1000): EpochClaim => ({
  ...key(),
  epoch,
  streamSid,
  gatewayId: `gw-${streamSid}`,
  atMs,
});

test('a recorded call reads back whole', async () => {
  await calls.recordCall(newCall());
  const { from, to, ...rest } = newCall();
  expect(await calls.readCall(key())).toEqual({ ...rest, from, to, tags: [], epoch: 0, epochsBegan: {} });
  expect(await calls.readCall({ ...key(), callId: 'CA-nobody' })).toBeUndefined();
});

test('recording twice changes nothing, and does not set a call back that has gone on', async () => {
  await calls.recordCall(newCall());
  await calls.claimEpoch(claim(1));
  await calls.setPhase({ ...key(), phase: 'streaming' });
  await calls.recordCall({ ...newCall(), admittedAtMs: 1_800_000_000_000 });
  expect(await calls.readCall(key())).toMatchObject({ phase: 'streaming', epoch: 1, admittedAtMs: 1_700_000_000_123 });
});

test('a call recorded after its first claim keeps the claim', async () => {
  expect(await calls.claimEpoch(claim(1))).toBe(true);
  await calls.recordCall(newCall());
  expect(await calls.readCall(key())).toMatchObject({
    epoch: 1,
    streamSid: 'MZ1',
    flowVersion: 3,
    epochsBegan: { 1: 1000 },
  });
});

test('a call answered without its workflow is looked for until it is adopted, whoever records it first', async () => {
  const record = (phase: 'admitted' | 'degraded') => calls.recordCall({ ...newCall(), phase });
  await record('admitted');
  await record('degraded');
  await record('admitted');
  expect(await calls.readCall(key())).toMatchObject({ phase: 'degraded' });
  await calls.markAdopted({ ...key(), atMs: 1_700_000_003_000 });
  await record('degraded');
  expect(await calls.readCall(key())).toMatchObject({ phase: 'adopted', adoptedAtMs: 1_700_000_003_000 });
});

test('an epoch is taken by one stream; the same stream may ask again; an older epoch is refused', async () => {
  expect(await calls.claimEpoch(claim(1, 'MZa', 100))).toBe(true);
  expect(await calls.claimEpoch(claim(1, 'MZa', 999))).toBe(true);
  expect(await calls.claimEpoch(claim(1, 'MZb'))).toBe(false);
  expect(await calls.claimEpoch(claim(3, 'MZc', 5000.7))).toBe(true);
  expect(await calls.claimEpoch(claim(2, 'MZd'))).toBe(false);
  expect(await calls.claimEpoch(claim(1, 'MZa'))).toBe(false);
  expect(await calls.readCall(key())).toMatchObject({
    epoch: 3,
    streamSid: 'MZc',
    gatewayId: 'gw-MZc',
    epochsBegan: { 1: 100, 3: 5001 },
  });
});

test('of twenty streams that claim one epoch at once exactly one gets it, with and without a row before', async () => {
  for (const epoch of [1, 2]) {
    const claims = Array.from({ length: 20 }, (_, i) => calls.claimEpoch(claim(epoch, `MZ${epoch}-${i}`)));
    const won = (await Promise.all(claims)).flatMap((taken, i) => (taken ? [`MZ${epoch}-${i}`] : []));
    expect(won).toHaveLength(1);
    expect(await calls.readCall(key())).toMatchObject({ epoch, streamSid: won[0] });
  }
});

test('of twenty epochs claimed at once the newest has the call in the end', async () => {
  const epochs = Array.from({ length: 20 }, (_, i) => i + 1);
  const taken = await Promise.all(epochs.map((epoch) => calls.claimEpoch(claim(epoch))));
  const call = await calls.readCall(key());
  expect(call?.epoch).toBe(20);
  expect(Object.keys(call?.epochsBegan ?? {}).map(Number)).toEqual(epochs.filter((_, i) => taken[i]));
});

test('another tenant can neither claim nor record the call', async () => {
  await calls.recordCall(newCall());
  expect(await calls.claimEpoch({ ...claim(9), tenantId: 'other' })).toBe(false);
  await expect(calls.recordCall({ ...newCall(), tenantId: 'other' })).rejects.toMatchObject({ code: 'call-unknown' });
  expect(await calls.readCall({ tenantId: 'other', callId })).toBeUndefined();
});

test('the resumption handle is sealed, comes back for the next epoch, and an old epoch cannot replace it', async () => {
  await calls.recordCall(newCall());
  await calls.claimEpoch(claim(1));
  const store = (...handles: string[]) =>
    calls.storeResumptionHandles(
      'acme',
      handles.map((handle) => ({ callId, epoch: 1, handle })),
    );
  expect(await store('handle-0', 'handle-1')).toEqual([callId]);
  await calls.claimEpoch(claim(2));
  expect(await store('late')).toEqual([]);
  expect(await calls.readForReattach(key())).toEqual({
    epoch: 2,
    admittedAtMs: 1_700_000_000_123,
    resumption: { epoch: 1, handle: 'handle-1' },
  });
  const [row] = await query<{ sealed: string }>(
    fixture.adminUrl,
    'select sealed_resumption as sealed from call_sessions where call_id = $1',
    [callId],
  );
  expect(row?.sealed).toMatch(/^v1\./);
  expect(row?.sealed).not.toContain('handle');
});

test('a handle that can no longer be opened is as good as none', async () => {
  await calls.recordCall(newCall());
  await calls.claimEpoch(claim(1));
  const elsewhere = createSealer(createFileKeyProvider(join(dir, 'other-keys.json')));
  const stranger = createCallSessionStore({ database: fixture.database, sealer: elsewhere });
  await stranger.storeResumptionHandles('acme', [{ callId, epoch: 1, handle: 'handle-1' }]);
  expect(await calls.readForReattach(key())).toEqual({ epoch: 1, admittedAtMs: 1_700_000_000_123 });
});

test('an outcome is kept with its epoch and refused from one that is over', async () => {
  await calls.claimEpoch(claim(2));
  expect(await calls.storeOutcome({ ...key(), epoch: 2, outcome: 'wantsHuman' })).toBe(true);
  await calls.claimEpoch(claim(3));
  expect(await calls.storeOutcome({ ...key(), epoch: 2, outcome: 'late' })).toBe(false);
  expect((await calls.readCall(key()))?.outcome).toEqual({ epoch: 2, outcome: 'wantsHuman' });
});

test('the first end counts, and an ended call has no phase but that', async () => {
  await calls.recordCall(newCall());
  const end = { ...key(), atMs: 1_700_000_060_123, reason: 'hungUp', durationMs: 60_000.4 };
  expect(await calls.endCall(end)).toBe(true);
  expect(await calls.endCall({ ...end, reason: 'again' })).toBe(false);
  expect(await calls.setPhase({ ...key(), phase: 'carrier' })).toBe(false);
  expect(await calls.markAdopted({ ...key(), atMs: 1_700_000_070_000 })).toBe(true);
  expect(await calls.readCall(key())).toMatchObject({
    phase: 'ended',
    endReason: 'hungUp',
    durationMs: 60_000,
    endedAtMs: 1_700_000_060_123,
  });
});

test('live calls are found across tenants, by gateway, with what an evacuation needs; ended ones are not', async () => {
  const lookups = createLookups(fixture.database);
  await calls.recordCall({ ...newCall(), phase: 'degraded' });
  await calls.claimEpoch(claim(1, 'MZlive'));
  expect(await lookups.liveCalls({ gatewayId: 'gw-MZlive' })).toEqual([
    {
      ...key(),
      phase: 'degraded',
      epoch: 1,
      gatewayId: 'gw-MZlive',
      carrierAccountId: 'AC1',
      carrierCallId: callId,
      degradedPlan: newCall().degradedPlan,
      ageMs: expect.any(Number),
      adopted: false,
    },
  ]);
  await calls.markAdopted({ ...key(), atMs: 1_700_000_001_000 });
  expect(await lookups.liveCalls({ gatewayId: 'gw-MZlive' })).toMatchObject([{ phase: 'adopted', adopted: true }]);
  await calls.endCall({ ...key(), atMs: 1_700_000_002_000, reason: 'hungUp' });
  expect(await lookups.liveCalls({ gatewayId: 'gw-MZlive' })).toEqual([]);
});
