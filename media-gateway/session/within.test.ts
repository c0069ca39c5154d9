import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { within } from './within.ts';

const never = new Promise<string>(() => undefined);

it('gives what comes in time, and the other value where nothing does', async () => {
  expect(await within(Promise.resolve('in time'), 1000, 'late')).toBe('in time');
  expect(await within(never, 1, 'late')).toBe('late');
  await expect(within(Promise.reject(new Error('no')), 1000, 'late')).rejects.toThrow('no');
});

it('takes what had come in time while the process stood still', async () => {
  const answer = within(
    stat('.').then(() => 'in time'),
    20,
    'late',
  );
  const untilMs = performance.now() + 60;
  while (performance.now() < untilMs);
  expect(await answer).toBe('in time');
});
