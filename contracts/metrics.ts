/**
 * Figures of a running process in the Prometheus text format (prometheus.io/docs/instrumenting/exposition_formats). Label
 * values are names of ours: never what a person said, typed or is reached at, and no ids, whose number has no bound.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  value: number;
  labels?: Labels;
}

export interface Counter {
  add(labels?: Labels, by?: number): void;
  /** The count of these labels, for where it goes up often. */
  of(labels: Labels): { add(by?: number): void };
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface Metrics {
  /** Only grows. Its name ends in `_total`. */
  counter(name: string, help: string): Counter;
  /** Read when somebody asks. */
  gauge(name: string, help: string, read: () => readonly Sample[]): void;
  /** Of what is counted elsewhere: read when somebody asks. Its name ends in `_total`. */
  countedElsewhere(name: string, help: string, read: () => readonly Sample[]): void;
  /** `bounds` are the upper bounds of its buckets, rising; the last, without bound, is added. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** All of it, as it is asked for. */
  text(): string;
}

/** The type that goes with the text. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Bounds in seconds for what a caller waits for. */
export const waitBounds = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1, 1.5, 2, 3, 5, 10];

export function createMetrics(): Metrics {
  const families: (() => string[])[] = [];
  const family = (name: string, help: string, type: string, lines: () => string[]): void => {
    families.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()]);
  };
  return {
    counter(name, help) {
      const counts = new Map<string, { count: number }>();
      family(name, help, 'counter', () => [...counts].map(([labels, { count }]) => `${name}${labels} ${count}`));
      const of = (labels: Labels): { add(by?: number): void } => {
        const key = written(labels);
        const cell = counts.get(key) ?? { count: 0 };
        counts.set(key, cell);
        return { add: (by = 1) => void (cell.count += by) };
      };
      return { of, add: (labels = {}, by = 1) => of(labels).add(by) };
    },
    gauge: (name, help, read) => family(name, help, 'gauge', () => read().map((sample) => sampleLine(name, sample))),
    countedElsewhere: (name, help, read) =>
      family(name, help, 'counter', () => read().map((sample) => sampleLine(name, sample))),
    histogram(name, help, bounds) {
      const series = new Map<string, { labels: Labels; counts: number[]; sum: number }>();
      family(name, help, 'histogram', () => [...series.values()].flatMap((one) => histogramLines(name, bounds, one)));
      return {
        observe(value, labels = {}) {
          const key = written(labels);
          const one = series.get(key) ?? { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
          series.set(key, one);
          const found = bounds.findIndex((bound) => value <= bound);
          const bucket = found === -1 ? bounds.length : found;
          one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
          one.sum += value;
        },
      };
    },
    text: () => `${families.flatMap((lines) => lines()).join('\n')}\n`,
  };
}

/** What Node tells of its own process; handed in, for this runs anywhere. */
export interface ProcessSource {
  /**
   * Of `monitorEventLoopDelay`, in nanoseconds; begun anew at each question. It records the whole time from one sample to the
   * next (nodejs/node#34661), so that a process that is never late shows the time between two samples.
   */
  eventLoop: { percentile(p: number): number; readonly max: number; reset(): void };
  /** Between two samples of `eventLoop`, in milliseconds. */
  resolutionMs: number;
  /** Milliseconds since 1970. */
  startedAtMs: number;
  /** Memory in bytes, CPU in microseconds. */
  process: { readonly memoryUsage: { rss(): number }; cpuUsage(): { user: number; system: number } };
}

/** The figures that every process has. */
export function addProcessMetrics(metrics: Metrics, source: ProcessSource): void {
  const { eventLoop, resolutionMs, startedAtMs, process } = source;
  const lateS = (recordedNs: number): number => Math.max(0, recordedNs - resolutionMs * 1e6) / 1e9;
  metrics.gauge('switchboard_event_loop_delay_seconds', 'Delay of the event loop since the last question', () => {
    const quantiles = [50, 99].map((p) => ({
      value: lateS(eventLoop.percentile(p)),
      labels: { quantile: String(p / 100) },
    }));
    const most = { value: lateS(eventLoop.max), labels: { quantile: '1' } };
    eventLoop.reset();
    return [...quantiles, most];
  });
  metrics.gauge('switchboard_resident_memory_bytes', 'Memory that the process holds', () => [
    { value: process.memoryUsage.rss() },
  ]);
  metrics.gauge('switchboard_start_time_seconds', 'When the process began, since 1970', () => [
    { value: startedAtMs / 1e3 },
  ]);
  metrics.countedElsewhere('switchboard_cpu_seconds_total', 'CPU time that the process has used', () => {
    const { user, system } = process.cpuUsage();
    return [{ value: (user + system) / 1e6 }];
  });
}

function sampleLine(name: string, { value, labels = {} }: Sample): string {
  return `${name}${written(labels)} ${value}`;
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: { labels: Labels; counts: readonly number[]; sum: number },
): string[] {
  let total = 0;
  const buckets = counts.map((count, n) => {
    total += count;
    return `${name}_bucket${written({ ...labels, le: String(bounds[n] ?? '+Inf') })} ${total}`;
  });
  return [...buckets, `${name}_sum${written(labels)} ${sum}`, `${name}_count${written(labels)} ${total}`];
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
