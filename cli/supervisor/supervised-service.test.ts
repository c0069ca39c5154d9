import { expect, it } from 'vitest';
import { superviseService } from './supervised-service.ts';

/** A service that a test ends; each start is recorded, and the starts of `failing` fail. */
function fakeService(failing: readonly number[] = []) {
  const services: { end: () => void }[] = [];
  const waits: number[] = [];
  let starts = 0;
  let started = Promise.withResolvers<void>();
  const options = {
    nowMs: () => 0,
    say: (line: string) => said.push(line),
    backoffMs: (attempt: number) => {
      waits.push(attempt);
      return 1;
    },
    start: async () => {
      starts += 1;
      if (failing.includes(starts)) throw new Error(`start ${starts}`);
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      services.push({ end });
      started.resolve();
      return { ended, stop: async () => end(), number: services.length };
    },
  };
  const said: string[] = [];
  const endAndWait = async (): Promise<void> => {
    started = Promise.withResolvers<void>();
    services.at(-1)?.end();
    await started.promise;
  };
  return { options, said, waits, endAndWait, starts: () => starts };
}

it('starts a service again that ended, past starts that fail', async () => {
  const { options, said, endAndWait, starts } = fakeService([2]);
  const service = await superviseService(options);
  await endAndWait();
  await expect.poll(() => service.current().number).toBe(2);
  expect(starts()).toBe(3);
  expect(said.join('\n')).toMatch(/^ended;.*\ndid not start \(start 2\);/);
  await service.stop();
});

it('leaves the failure of the first start to its caller', async () => {
  await expect(superviseService(fakeService([1]).options)).rejects.toThrow('start 1');
});

it('starts nothing after stop', async () => {
  const { options, said, starts } = fakeService();
  const service = await superviseService(options);
  await service.stop();
  expect(starts()).toBe(1);
  expect(said).toEqual([]);
});
