import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from './errors.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';

afterEach(() => vi.useRealTimers());

it('names what is missing, what goes on without it, and shows it until it is there again', async () => {
  const metrics = createMetrics();
  let away = true;
  const readiness = createReadiness(
    {
      postgres: {
        check: async () => {
          if (away) throw new AppError('database-unavailable', 'away');
        },
        stillWorks: 'calls go on',
      },
      admission: { check: async () => {}, stillWorks: 'nothing begins' },
    },
    metrics,
  );
  expect(await readiness.ask()).toEqual({
    ready: false,
    checks: { postgres: 'database-unavailable', admission: 'ready' },
    missing: ['postgres'],
    stillWorks: { postgres: 'calls go on' },
  });
  expect(metrics.text()).toContain('switchboard_ready{check="postgres"} 0\n');
  expect(metrics.text()).toContain('switchboard_ready{check="admission"} 1\n');
  away = false;
  expect(await readiness.ask()).toMatchObject({ ready: true, missing: [], stillWorks: {} });
  expect(metrics.text()).toContain('switchboard_ready{check="postgres"} 1\n');
});

it('waits two seconds for what does not answer, and tells no words of what it does not know', async () => {
  vi.useFakeTimers();
  const readiness = createReadiness(
    {
      temporal: { check: () => new Promise(() => {}), stillWorks: '' },
      keys: { check: () => Promise.reject(new Error('password wrong')), stillWorks: '' },
    },
    createMetrics(),
  );
  const asked = readiness.ask();
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await asked).checks).toEqual({ temporal: 'no answer', keys: 'not-ready' });
});
