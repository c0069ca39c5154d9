import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createGatewayStore, type GatewayStore } from './gateways.ts';

let fixture: TestDatabase;
let gateways: GatewayStore;
beforeAll(async () => {
  fixture = await createTestDatabase();
  gateways = createGatewayStore(fixture.database);
});
afterAll(() => fixture.close());
beforeEach(() => query(fixture.adminUrl, 'delete from gateways'));

const register = (gatewayId: string, capacity = 10) =>
  gateways.registerGateway({ gatewayId, mediaUrl: `wss://${gatewayId}.switchboard.test/media`, capacity });
const age = (gatewayId: string, interval: string) =>
  query(fixture.adminUrl, 'update gateways set touched_at = clock_timestamp() - $2::interval where id = $1', [
    gatewayId,
    interval,
  ]);
const pick = async (options = {}) => (await gateways.pickGateway({ freshWithinMs: 60_000, ...options }))?.gatewayId;

test('picks the gateway with the least load for its size', async () => {
  await register('small', 4);
  await register('large', 100);
  await gateways.touchGateway({ gatewayId: 'small', calls: 2, draining: false });
  await gateways.touchGateway({ gatewayId: 'large', calls: 30, draining: false });
  expect(await gateways.pickGateway({ freshWithinMs: 60_000 })).toEqual({
    gatewayId: 'large',
    mediaUrl: 'wss://large.switchboard.test/media',
  });
});

test('a burst of calls spreads before anybody has touched', async () => {
  await register('a', 100);
  await register('b', 100);
  const picked = await Promise.all(Array.from({ length: 20 }, () => pick()));
  const ofA = picked.filter((id) => id === 'a').length;
  expect(ofA).toBeGreaterThanOrEqual(5);
  expect(ofA).toBeLessThanOrEqual(15);
});

test('picks none that is stale, draining, full or just failed', async () => {
  for (const id of ['stale', 'draining', 'full', 'failed']) await register(id);
  await age('stale', '61 seconds');
  await gateways.touchGateway({ gatewayId: 'draining', calls: 0, draining: true });
  await gateways.touchGateway({ gatewayId: 'full', calls: 10, draining: false });
  expect(await pick({ except: ['failed'] })).toBeUndefined();
  expect(await pick()).toBe('failed');
});

test('a touch makes fresh again; one without a row says so', async () => {
  await register('a');
  await age('a', '61 seconds');
  expect(await gateways.gatewayAgeMs('a')).toBeGreaterThan(60_000);
  expect(await gateways.touchGateway({ gatewayId: 'a', calls: 0, draining: false })).toBe(true);
  expect(await gateways.gatewayAgeMs('a')).toBeLessThan(60_000);
  await gateways.removeGateway('a');
  expect(await gateways.touchGateway({ gatewayId: 'a', calls: 0, draining: false })).toBe(false);
  expect(await gateways.gatewayAgeMs('a')).toBeUndefined();
});

test('rows that nobody took down are swept when another gateway registers', async () => {
  await register('forgotten');
  await age('forgotten', '2 days');
  await register('new');
  expect(await query(fixture.adminUrl, 'select id from gateways')).toEqual([{ id: 'new' }]);
});
