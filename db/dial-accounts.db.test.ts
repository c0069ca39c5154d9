import { expect, test } from 'vitest';
import { emptyDialQueue } from '../contracts/dial-queue.ts';
import { createTestDatabase } from '../test/database-fixture.ts';
import { createDialAccountStore } from './dial-accounts.ts';

test('who changes the queue of an account finds what the one before left, and the time in milliseconds', async () => {
  const fixture = await createTestDatabase();
  const accounts = createDialAccountStore(fixture.database);
  const times: number[] = [];
  const takeNumber = () =>
    accounts.changeQueue('AC1', emptyDialQueue, (queue, atMs) => {
      times.push(atMs);
      const nextAtMs = queue.nextAtMs + 1;
      return [{ ...queue, nextAtMs }, nextAtMs];
    });
  const numbers = await Promise.all(Array.from({ length: 8 }, takeNumber));
  expect(numbers.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  // Both clocks are this machine's.
  for (const atMs of times) expect(Math.abs(atMs - Date.now())).toBeLessThan(600_000);
  await fixture.close();
});
