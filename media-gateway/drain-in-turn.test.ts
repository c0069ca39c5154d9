import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GatewayRef } from '../contracts/instructions.ts';
import { drainInTurn } from './drain-in-turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each of so many calls was asked, and how long it was given. */
async function asked(
  count: number,
  withinMs: number,
  gateways: readonly string[] = [],
): Promise<{ atMs: number; leftMs: number; successor?: string }[]> {
  const zeroMs = Date.now();
  const nowMs = (): number => Date.now() - zeroMs;
  const calls: { atMs: number; leftMs: number; successor?: string }[] = [];
  const session = {
    drain: (leftMs: number, gateway?: GatewayRef) =>
      void calls.push({ atMs: nowMs(), leftMs, ...(gateway && { successor: gateway.gatewayId }) }),
  };
  const left = [...gateways];
  const successor = async (): Promise<GatewayRef | undefined> => {
    const gatewayId = left.shift();
    return gatewayId === undefined ? undefined : { gatewayId, mediaUrl: 'wss://media.test/media' };
  };
  const drained = drainInTurn(
    Array.from({ length: count }, () => session),
    { withinMs, nowMs, successor },
  );
  await vi.runAllTimersAsync();
  await drained;
  return calls;
}

it('asks one call after the other, all for the same moment', async () => {
  expect(await asked(3, 30_000)).toEqual([
    { atMs: 0, leftMs: 30_000 },
    { atMs: 100, leftMs: 29_900 },
    { atMs: 200, leftMs: 29_800 },
  ]);
});

it('has asked many by half of the time', async () => {
  const calls = await asked(300, 6000);
  expect(calls).toHaveLength(300);
  expect(calls.at(-1)?.atMs).toBeLessThan(3000);
});

it('tells each who may take it, as long as there is anybody', async () => {
  expect(await asked(3, 30_000, ['g2', 'g3'])).toMatchObject([
    { leftMs: 30_000, successor: 'g2' },
    { leftMs: 29_900, successor: 'g3' },
    { leftMs: 29_800 },
  ]);
});
