import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../test/free-port.ts';
import { testPlatformKeys } from '../test/test-keys.ts';
import { connectTemporal } from './client.ts';

it('ends what is still being retried when it is closed, without an exception that nobody can catch', async () => {
  const uncaught: unknown[] = [];
  const note = (failure: unknown): unknown => uncaught.push(failure);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  const address = `127.0.0.1:${await freePort()}`;
  const temporal = connectTemporal({ address, namespace: 'default', platformKeys: testPlatformKeys });
  const asked = temporal.client
    .withDeadline(Date.now() + 3000, () => temporal.client.workflow.getHandle('none').describe())
    .catch((failure: unknown) => failure);
  // The first attempt is refused and its repetition waits for its time.
  await new Promise((resolve) => setImmediate(resolve));
  await temporal.close();
  expect(await asked).toBeInstanceOf(Error);
  expect(uncaught).toEqual([]);
});
