import { describe, expect, it, vi } from 'vitest';
import { createGatewayChooser, type GatewayOffer } from './gateway-chooser.ts';

const offer = (gatewayId: string, calls: number, capacity = 100): GatewayOffer => ({
  gatewayId,
  mediaUrl: `wss://media.test/${gatewayId}`,
  calls,
  capacity,
});

function setUp(...offers: GatewayOffer[]) {
  const world = { atMs: 0, looks: 0, offers, away: false, silent: false };
  const fresh = async (): Promise<GatewayOffer[]> => {
    world.looks += 1;
    if (world.silent) await new Promise(() => {});
    if (world.away) throw new Error('away');
    return world.offers;
  };
  return { world, chooser: createGatewayChooser({ fresh, nowMs: () => world.atMs }) };
}

describe('the choice of a gateway', () => {
  it('says whether there is any, without giving one away', async () => {
    const { world, chooser } = setUp(offer('one', 0), offer('two', 0));
    expect(await chooser.isAnyUp()).toBe(true);
    expect((await chooser.choose())?.gatewayId).toBe('one');
    world.offers = [];
    world.atMs = 1000;
    expect(await chooser.isAnyUp()).toBe(false);
  });

  it('falls on the least loaded one by its capacity', async () => {
    const { chooser } = setUp(offer('full', 50), offer('large', 60, 400));
    expect(await chooser.choose()).toEqual({ gatewayId: 'large', mediaUrl: 'wss://media.test/large' });
  });

  it('spreads a burst over all, with one look', async () => {
    const { world, chooser } = setUp(offer('a', 0), offer('b', 0));
    const chosen = [];
    for (let n = 0; n < 10; n++) chosen.push((await chooser.choose())?.gatewayId);
    expect(chosen.filter((id) => id === 'a')).toHaveLength(5);
    expect(world.looks).toBe(1);
  });

  it('looks again after 250 ms, and keeps its last look while the table is away', async () => {
    const { world, chooser } = setUp(offer('a', 0));
    await chooser.choose();
    world.atMs = 250;
    world.offers = [offer('b', 0)];
    expect((await chooser.choose())?.gatewayId).toBe('b');
    world.atMs = 9000;
    world.away = true;
    expect((await chooser.choose())?.gatewayId).toBe('b');
  });

  it('keeps one call waiting for a table that says nothing, and no other', async () => {
    vi.useFakeTimers();
    try {
      const { world, chooser } = setUp(offer('a', 0));
      await chooser.choose();
      world.atMs = 9000;
      world.silent = true;
      const first = chooser.choose();
      await vi.advanceTimersByTimeAsync(250);
      expect((await first)?.gatewayId).toBe('a');
      world.atMs = 9250;
      expect((await chooser.choose())?.gatewayId).toBe('a'); // no timer has run
    } finally {
      vi.useRealTimers();
    }
  });

  it('knows when there is none', async () => {
    expect(await setUp().chooser.choose()).toBeUndefined();
  });
});
