import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../contracts/config.ts';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../../test/database-fixture.ts';
import { madeUpDegradedPlan, madeUpNumber } from '../../test/made-up-call.ts';
import { evacuateStack } from './evacuation.ts';

const account = { accountId: 'AC0123456789abcdef0123456789abcdef', token: 'the-token' };
const callId = 'CA0123456789abcdef0123456789abcdef';

let test: TestDatabase;
let dir: string;
const asked: { path: string; authorization: string; document: string }[] = [];

/** A carrier that takes every redirection. */
const carrier = createServer((request, response) => {
  void text(request).then((body) => {
    const document = new URLSearchParams(body).get('Twiml') ?? '';
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', document });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sid: callId }));
  });
}).listen(0, '127.0.0.1');

beforeAll(async () => {
  test = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'switchboard-evacuation-'));
  if (!carrier.listening) await once(carrier, 'listening');
  await addTenants(test.database);
  const sealer = createSealer(createFileKeyProvider(join(dir, 'keys.json')));
  await createCredentialStore({ database: test.database, sealer }).storeSecret({
    tenantId: 'acme',
    provider: 'twilio',
    accountId: account.accountId,
    label: 'auth-token',
    secret: account.token,
  });
  const calls = createCallSessionStore({ database: test.database, sealer });
  await calls.recordCall({
    tenantId: 'acme',
    callId,
    direction: 'inbound',
    phase: 'admitted',
    from: madeUpNumber,
    to: '+420800000002',
    carrierAccountId: account.accountId,
    carrierCallId: callId,
    language: 'cs-CZ',
    flowId: 'demo',
    flowVersion: 1,
    degradedPlan: madeUpDegradedPlan,
    admittedAtMs: Date.now(),
  });
});

afterAll(async () => {
  carrier.close();
  await test.close();
  await rm(dir, { recursive: true });
});

it('redirects a live call by an inline document that needs no process of ours', async () => {
  const address = carrier.address();
  const config = readConfig({
    DATABASE_URL: test.applicationUrl,
    DATABASE_MIGRATION_URL: test.migrationUrl,
    KEY_FILE: join(dir, 'keys.json'),
    TWILIO_BASE_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  });
  expect(await evacuateStack(config, 5000)).toEqual({ redirected: 1, ended: 0, failed: 0, unreached: 0 });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.path).toBe(`/2010-04-01/Accounts/${account.accountId}/Calls/${callId}.json`);
  const basic = Buffer.from(`${account.accountId}:${account.token}`).toString('base64');
  expect(asked[0]?.authorization).toBe(`Basic ${basic}`);
  expect(asked[0]?.document).toContain('+420800000009');
  expect(asked[0]?.document).not.toMatch(/action=|<Record|<Redirect/);
});
