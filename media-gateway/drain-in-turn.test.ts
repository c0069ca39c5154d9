import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GatewayRef } from '../contracts/instructions.ts';
import { drainInTurn } from './drain-in-turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each of so many calls was asked, how long it was given, and who may take it; its successor answers after `answerMs`. */
async function asked(
  count: number,
  withinMs: number,
  { gateways = [], answerMs = 0 }: { gateways?: readonly string[]; answerMs?: number } = {},
): Promise<{ atMs: number; leftMs: number; successor?: string }[]> {
  const zeroMs = Date.now();
  const nowMs = (): number => Date.now() - zeroMs;
  const calls: { atMs: number; leftMs: number; successor?: string }[] = [];
  const session = {
    drain: async (leftMs: number, gateway?: GatewayRef) => {
      calls.push({ atMs: nowMs(), leftMs, ...(gateway && { successor: gateway.gatewayId }) });
      await new Promise((resolve) => setTimeout(resolve, answerMs));
    },
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
  expect(await asked(3, 30_000, { gateways: ['g2', 'g3'] })).toMatchObject([
    { leftMs: 30_000, successor: 'g2' },
    { leftMs: 29_900, successor: 'g3' },
    { leftMs: 29_800 },
  ]);
});

it('waits with the next call where the successors of two are still being asked', async () => {
  const calls = await asked(7, 30_000, { answerMs: 1000 });
  expect(calls.map(({ atMs }) => atMs)).toEqual([0, 100, 1000, 1100, 2000, 2100, 3000]);
});

it('has asked all by half of the time even so', async () => {
  const calls = await asked(60, 20_000, { answerMs: 5000 });
  expect(calls.at(-1)?.atMs).toBeLessThanOrEqual(10_000);
  expect(calls.at(-1)?.atMs).toBeGreaterThan(8000);
});
