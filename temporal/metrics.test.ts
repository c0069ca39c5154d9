import { expect, it } from 'vitest';
import { createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { startHealthServer } from './health-server.ts';
import { createActivityMeasure } from './metrics.ts';

it('counts activities by name and outcome, and shows them beside the health checks', async () => {
  const metrics = createMetrics();
  let nowMs = 0;
  const measured = createActivityMeasure(
    metrics,
    () => nowMs,
  )({
    save: async (rows: number) => {
      nowMs += 50;
      return rows;
    },
    dial: () => Promise.reject(new Error('busy')),
  });
  expect(Object.keys(measured)).toEqual(['save', 'dial']);
  expect(await measured.save(3)).toBe(3);
  await expect(measured.dial()).rejects.toThrow('busy');
  const needs = { workers: { check: () => Promise.reject(new Error('not yet')), stillWorks: 'nothing' } };
  const server = await startHealthServer({ port: 0, readiness: createReadiness(needs, metrics), metrics });
  const state = await fetch(`http://127.0.0.1:${server.port}/readyz`);
  expect([state.status, await state.json()]).toMatchObject([503, { missing: ['workers'] }]);
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  await server.close();
  expect(text).toContain('switchboard_activity_seconds_sum{activity="save",outcome="done"} 0.05\n');
  expect(text).toContain('switchboard_activity_seconds_count{activity="dial",outcome="failed"} 1\n');
  expect(text).toContain('switchboard_queue_depth{queue="activities"} 0\n');
});
