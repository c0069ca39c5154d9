import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createStandby } from './standby.ts';

const known = [
  { tenantId: 'acme', phoneNumber: '+420222000111', accountId: 'AC1' },
  { tenantId: 'other', phoneNumber: '+420222000222', accountId: 'AC1' },
];

function setUp(knownNumbers: () => Promise<typeof known>) {
  const learnt: string[] = [];
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const accounts = { learn: async (accountId: string) => void learnt.push(accountId) };
  const numbers = { learn: async (tenantId: string, phoneNumber: string) => void learnt.push(tenantId + phoneNumber) };
  return { learnt, warnings, standby: createStandby({ knownNumbers, accounts, numbers, log }) };
}

it('learns each account once, and the number of each tenant', async () => {
  const { learnt, standby } = setUp(async () => known);
  expect(await standby.learn()).toBe(true);
  expect(learnt.toSorted()).toEqual(['AC1', 'acme+420222000111', 'other+420222000222']);
});

it('says that it learnt nothing while the database is away, and goes on', async () => {
  const { learnt, warnings, standby } = setUp(() => Promise.reject(new Error('away')));
  expect([await standby.learn(), await standby.learn()]).toEqual([false, false]);
  expect([learnt, warnings.length]).toEqual([[], 1]);
});
