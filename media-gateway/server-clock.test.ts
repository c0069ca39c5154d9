import { expect, it } from 'vitest';
import { assistant } from './session/session-fixture.ts';
import { createServerClock } from './server-clock.ts';

it('dates what comes late by what came with the least delay', () => {
  let atMs = 1000;
  const clock = createServerClock(() => atMs);
  expect(clock.date(50_000)).toBe(1000); // 40 ms on its way, as nobody knows yet
  atMs = 1010;
  expect(clock.date(50_040)).toBe(1010); // 10 ms
  atMs = 4000;
  expect(clock.date(51_030)).toBeCloseTo(2003, 0); // two seconds
});

it('learns from whatever is asked of the gateway', async () => {
  let atMs = 1000;
  const clock = createServerClock(
    () => atMs,
    () => 50_000,
  );
  const asked: string[] = [];
  const activities = clock.learningFrom({
    warm: async ({ callId }) => void asked.push(`warm ${callId}`),
    command: async ({ callId }) => void asked.push(`command ${callId}`),
    holds: async ({ epoch }) => epoch === 2,
    holdLease: async () => void asked.push('lease'),
  });
  await activities.holdLease();
  expect(await activities.holds({ callId: 'CA1', epoch: 2 })).toBe(true);
  await activities.command({ callId: 'CA1', epoch: 2, command: { commandId: 'c1', type: 'dtmf', digits: '1' } });
  await activities.warm({ tenantId: 'acme', callId: 'CA2', epoch: 1, nodeId: 'talk', assistant });
  expect(asked).toEqual(['lease', 'command CA1', 'warm CA2']);
  atMs = 3000;
  expect(clock.date(50_100)).toBeCloseTo(1102, 0);
});
