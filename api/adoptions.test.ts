import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { CallInput, CarrierStatus } from '../contracts/messages.ts';
import { createAdoptions, type UnadoptedCall } from './adoptions.ts';
import { route } from './testing/api-harness.ts';

const { tenantId, flow, degradedPlan, language, allowedPrivateHosts } = route;
const carrier = { provider: 'twilio', accountId: 'AC1', carrierCallId: 'CA1' } as const;
const call = (callId: string): CallInput => ({
  tenantId,
  callId,
  direction: 'inbound',
  from: '',
  to: '',
  carrier,
  flow,
  degradedPlan,
  language,
  allowedPrivateHosts,
});

function setUp() {
  const world = {
    atMs: 60_000,
    answer: 'unanswered' as 'adopted' | 'gone' | 'unanswered' | Error,
    storeAway: false,
    stored: new Map<string, UnadoptedCall>(),
    told: [] as string[],
    ages: [] as number[],
  };
  const store = {
    remember: async (unadopted: UnadoptedCall) => {
      if (world.storeAway) throw new Error('away');
      world.stored.set(unadopted.call.callId, unadopted);
    },
    forget: async ({ callId }: CallInput) => void world.stored.delete(callId),
    list: async () => {
      if (world.storeAway) throw new Error('away');
      return [...world.stored.values()];
    },
  };
  const calls = {
    adopt: async (_call: CallInput, { ageS }: { ageS: number }) => {
      if (world.answer instanceof Error) throw world.answer;
      world.ages.push(ageS);
      return world.answer;
    },
    carrierStatus: async ({ callId }: { callId: string }, { status }: CarrierStatus) =>
      world.told.push(`${callId} ${status}`) > 0,
  };
  const create = () => createAdoptions({ calls, store, nowMs: () => world.atMs, log: pino({ level: 'silent' }) });
  return { world, create };
}

describe('adoptions', () => {
  it('offers a call until its workflow takes it, and says how long it has been going', async () => {
    const { world, create } = setUp();
    const adoptions = create();
    adoptions.offer(call('c1'));
    await adoptions.sweep();
    expect([adoptions.waiting(), world.stored.size]).toEqual([1, 1]);
    world.atMs += 30_000;
    world.answer = 'adopted';
    await adoptions.sweep();
    expect([adoptions.waiting(), world.stored.size]).toEqual([0, 0]);
    expect(world.ages.at(-1)).toBe(30);
  });

  it('lets another process take up what one that died had stored', async () => {
    const { world, create } = setUp();
    const first = create();
    first.offer(call('c1'));
    await first.sweep();
    world.answer = 'adopted';
    const second = create();
    await second.sweep();
    expect(world.stored.size).toBe(0);
  });

  it('works from memory while the database is away', async () => {
    const { world, create } = setUp();
    world.storeAway = true;
    const adoptions = create();
    adoptions.offer(call('c1'));
    await adoptions.sweep();
    expect(adoptions.waiting()).toBe(1);
    world.answer = 'adopted';
    await adoptions.sweep();
    expect(adoptions.waiting()).toBe(0);
  });

  it('tells the latest status after the adoption and drops older ones', async () => {
    const { world, create } = setUp();
    const adoptions = create();
    adoptions.offer(call('c1'));
    await adoptions.sweep();
    expect(adoptions.hold('c1', { status: 'completed', sequence: 3 })).toBe(true);
    expect(adoptions.hold('c1', { status: 'ringing', sequence: 1 })).toBe(true);
    expect(adoptions.hold('c2', { status: 'completed', sequence: 3 })).toBe(false);
    await adoptions.sweep();
    expect(world.told).toEqual([]);
    world.answer = 'adopted';
    await adoptions.sweep();
    expect(world.told).toEqual(['c1 completed']);
  });

  it('goes on with the others where one adoption fails', async () => {
    const { world, create } = setUp();
    world.answer = new Error('boom');
    const adoptions = create();
    adoptions.offer(call('c1'));
    adoptions.offer(call('c2'));
    await adoptions.sweep();
    expect(adoptions.waiting()).toBe(2);
    world.answer = 'gone';
    await adoptions.sweep();
    expect(adoptions.waiting()).toBe(0);
  });
});
