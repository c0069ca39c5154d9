import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepGatewayLease } from './gateway-lease.ts';

const log = pino({ level: 'silent' });
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(open: () => Promise<void> = async () => undefined) {
  let opened = 0;
  const lease = keepGatewayLease({
    log,
    open: () => {
      opened += 1;
      return open();
    },
  });
  const server = Promise.withResolvers<never>();
  let beats = 0;
  const hold = (): Promise<void> => lease.hold({ beat: () => void (beats += 1), cancelled: server.promise });
  return { lease, hold, takeBack: server.reject, opened: () => opened, beats: () => beats };
}

it('opens a lease at once, and no other while it is held', async () => {
  const { lease, hold, opened, beats } = setUp();
  expect(opened()).toBe(1);
  const held = hold();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened()).toBe(1);
  expect(beats()).toBe(41);
  lease.letGo();
  await held;
  await vi.advanceTimersByTimeAsync(10_000);
  expect({ opened: opened(), beats: beats() }).toEqual({ opened: 1, beats: 41 });
});

it('opens another when the server has taken it back', async () => {
  const { hold, takeBack, opened, beats } = setUp();
  const held = hold();
  takeBack(new Error('no such activity'));
  await expect(held).rejects.toThrow('no such activity');
  await vi.advanceTimersByTimeAsync(1000);
  expect({ opened: opened(), beats: beats() }).toEqual({ opened: 2, beats: 1 });
});

it('goes on trying while Temporal is away', async () => {
  const { opened } = setUp(() => Promise.reject(new Error('away')));
  await vi.advanceTimersByTimeAsync(3000);
  expect(opened()).toBe(4);
});
