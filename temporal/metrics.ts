import { waitBounds, type Metrics } from '../contracts/metrics.ts';

/** Returns what makes the same activities, counted: how many run, how long they take and how they end. */
export function createActivityMeasure(metrics: Metrics, nowMs: () => number): <T extends object>(activities: T) => T {
  const seconds = metrics.histogram('switchboard_activity_seconds', 'Activities by name and outcome', waitBounds);
  let running = 0;
  metrics.gauge('switchboard_queue_depth', 'What is being worked on', () => [
    { value: running, labels: { queue: 'activities' } },
  ]);
  return (activities) =>
    new Proxy(activities, {
      get(target, name, receiver) {
        const activity: unknown = Reflect.get(target, name, receiver);
        if (typeof activity !== 'function' || typeof name !== 'string') return activity;
        return async (...args: unknown[]): Promise<unknown> => {
          const startMs = nowMs();
          let outcome = 'failed';
          running += 1;
          try {
            const result: unknown = await Reflect.apply(activity, target, args);
            outcome = 'done';
            return result;
          } finally {
            running -= 1;
            seconds.observe((nowMs() - startMs) / 1000, { activity: name, outcome });
          }
        };
      },
    });
}
