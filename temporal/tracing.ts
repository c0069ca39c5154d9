import type { ClientInterceptors } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Tracer } from '../contracts/tracing.ts';
import type { TraceSinks } from '../workflows/trace-interceptors.ts';

export interface TracingOptions {
  /** Where spans go by OTLP over HTTP; `/v1/traces` is added. Absent: nowhere. */
  endpoint: string | undefined;
  /** Headers of each request, as `name=value,…`. */
  headers?: string | undefined;
  process: 'api' | 'media-gateway' | 'worker';
  /** Hears once why spans cannot be sent, until they can again. */
  onFailure: (reason: string) => void;
}

/** How traces pass through Temporal, and how a process gives its own spans. */
export interface Tracing extends Tracer {
  client: ClientInterceptors;
  activity: ActivityInterceptorsFactory[];
  /** For a worker that runs workflows: where their spans leave the sandbox, and what gives them in there. */
  sinks: InjectedSinks<TraceSinks>;
  workflowModules: readonly string[];
  /** Sends what is left, for at most two seconds. */
  close(): Promise<void>;
}

/** Switches traces on in this process, where an endpoint is given. What they need is loaded here and nowhere else. */
export async function openTracing({ endpoint, ...options }: TracingOptions): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { createTracing } = await import('./tracing/open-telemetry.ts');
  return createTracing({ ...options, endpoint });
}
