import { pino } from 'pino';
import { expect, it } from 'vitest';
import { keepGatewayRow } from './gateway-row.ts';

it('registers, touches, registers again when its row is gone, drains at once and takes the row down', async () => {
  const done: string[] = [];
  let known = true;
  let isAway = false;
  const note = (what: string): void => {
    if (isAway) throw new Error('away');
    done.push(what);
  };
  const row = keepGatewayRow({
    gatewayId: 'g1',
    mediaUrl: 'wss://media.example/media',
    capacity: 300,
    store: {
      registerGateway: async () => note('register'),
      touchGateway: async ({ calls, draining }) => {
        note(`touch ${calls}${draining ? ' draining' : ''}`);
        return known;
      },
      removeGateway: async () => note('remove'),
    },
    calls: () => 7,
    log: pino({ level: 'silent' }),
  });
  await expect.poll(() => row.isCurrent()).toBe(true);
  known = false;
  await expect.poll(() => done.filter((what) => what === 'register').length, { timeout: 3000 }).toBe(2);
  known = true;
  isAway = true;
  await expect.poll(() => row.isCurrent(), { timeout: 3000 }).toBe(false);
  isAway = false;
  await row.drain();
  expect(done.at(-1)).toBe('touch 7 draining');
  await row.remove();
  expect(done.at(-1)).toBe('remove');
});
