import { expect, it } from 'vitest';
import { createNumberDirectory, type NumberRoute } from './number-directory.ts';
import { route } from './testing/api-harness.ts';

const { phoneNumber } = route;
const tenants = Array.from({ length: 50 }, (_, n) => `tenant-${n}`);

function setUp() {
  const world = { atMs: 0, isUp: true, looks: 0, owners: ['tenant-40'] };
  const look = <T>(answer: T): Promise<T> => {
    world.looks += 1;
    return world.isUp ? Promise.resolve(answer) : Promise.reject(new Error('away'));
  };
  const routeOf = (tenantId: string): NumberRoute | undefined =>
    world.owners.includes(tenantId) ? { ...route, tenantId } : undefined;
  const numbers = createNumberDirectory({
    tenantsOf: () => look(world.owners),
    route: (tenantId) => look(routeOf(tenantId)),
    nowMs: () => world.atMs,
  });
  return { world, numbers };
}

it('finds whose a number is by one look, however many share the account', async () => {
  const { world, numbers } = setUp();
  expect((await numbers.find(phoneNumber, tenants))?.tenantId).toBe('tenant-40');
  expect(world.looks).toBe(2);
});

it('gives the number to nobody who has not signed', async () => {
  const { numbers } = setUp();
  expect(await numbers.find(phoneNumber, ['tenant-1', 'tenant-2'])).toBeUndefined();
  expect(await numbers.find(phoneNumber, ['tenant-1'])).toBeUndefined();
});

it('knows what it has learnt while the database is away, also of an account that several share', async () => {
  const { world, numbers } = setUp();
  await numbers.learn('tenant-40', phoneNumber);
  world.isUp = false;
  world.atMs = 3_600_000;
  expect((await numbers.find(phoneNumber, tenants))?.tenantId).toBe('tenant-40');
  expect((await numbers.findKept(phoneNumber, tenants))?.tenantId).toBe('tenant-40');
  await expect(numbers.find('+420222999888', tenants)).rejects.toThrow('away');
});

it('follows a number from one tenant to another', async () => {
  const { world, numbers } = setUp();
  expect((await numbers.find(phoneNumber, tenants))?.tenantId).toBe('tenant-40');
  world.owners = ['tenant-7'];
  world.atMs = 1000;
  expect((await numbers.find(phoneNumber, tenants))?.tenantId).toBe('tenant-7');
});
