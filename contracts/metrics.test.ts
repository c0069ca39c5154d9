import { describe, expect, it } from 'vitest';
import { addProcessMetrics, createMetrics } from './metrics.ts';

describe('metrics', () => {
  it('count by label', () => {
    const metrics = createMetrics();
    const calls = metrics.counter('calls_total', 'Calls');
    calls.add({ outcome: 'ended' });
    calls.add({ outcome: 'ended' });
    calls.add({ outcome: 'say "no"' }, 3);
    expect(metrics.text()).toBe(
      '# HELP calls_total Calls\n# TYPE calls_total counter\ncalls_total{outcome="ended"} 2\ncalls_total{outcome="say \\"no\\""} 3\n',
    );
  });

  it('read a gauge when they are asked', () => {
    const metrics = createMetrics();
    let live = 1;
    metrics.gauge('live', 'Live', () => [{ value: live }]);
    live = 2;
    expect(metrics.text()).toContain('\nlive 2\n');
  });

  it('keep a histogram whose buckets hold all that is below them', () => {
    const metrics = createMetrics();
    const waits = metrics.histogram('wait_seconds', 'Waits', [0.1, 1]);
    for (const value of [0.1, 0.5, 7]) waits.observe(value, { way: 'in' });
    expect(metrics.text().split('\n').slice(2, -1)).toEqual([
      'wait_seconds_bucket{way="in",le="0.1"} 1',
      'wait_seconds_bucket{way="in",le="1"} 2',
      'wait_seconds_bucket{way="in",le="+Inf"} 3',
      'wait_seconds_sum{way="in"} 7.6',
      'wait_seconds_count{way="in"} 3',
    ]);
  });

  const processOf = (percentile: (p: number) => number, reset = (): void => undefined) => {
    const metrics = createMetrics();
    addProcessMetrics(metrics, {
      eventLoop: { percentile, max: 3e9, reset },
      resolutionMs: 10,
      startedAtMs: 1_795_000_000_500,
      process: { memoryUsage: { rss: () => 5 }, cpuUsage: () => ({ user: 1e6, system: 5e5 }) },
    });
    return metrics;
  };

  it('begin the delays of the event loop anew at each question', () => {
    let resets = 0;
    const metrics = processOf(
      () => 2.01e9,
      () => void resets++,
    );
    const text = metrics.text();
    expect(text).toContain('switchboard_event_loop_delay_seconds{quantile="0.99"} 2\n');
    expect(text).toContain('\nswitchboard_start_time_seconds 1795000000.5\n');
    expect(text).toContain('# TYPE switchboard_cpu_seconds_total counter\nswitchboard_cpu_seconds_total 1.5\n');
    metrics.text();
    expect(resets).toBe(2);
  });

  it('take the time between two samples of the event loop for no delay', () => {
    expect(processOf(() => 10e6).text()).toContain('switchboard_event_loop_delay_seconds{quantile="0.5"} 0\n');
    // The timer may be early.
    expect(processOf(() => 9.1e6).text()).toContain('switchboard_event_loop_delay_seconds{quantile="0.5"} 0\n');
  });
});
