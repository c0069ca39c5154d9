/**
 * Traces by OpenTelemetry. The SDK's interceptors of clients and activities take them through Temporal, ours through the
 * sandbox of the workflows; spans of our own stand beside them.
 */
import { fileURLToPath } from 'node:url';
import { type Context, context, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import { messageOf } from '../../contracts/errors.ts';
import type { SpanFacts, SpanOptions, TraceSpan } from '../../contracts/tracing.ts';
import type { Tracing, TracingOptions } from '../tracing.ts';
import { callInterceptor } from './call-interceptor.ts';
import { callSpanContext, contextOfCall } from './call-trace.ts';
import { cleanSpans, ownPrefix } from './clean-spans.ts';
import { patientExporter } from './patient-exporter.ts';

const sendEveryMs = 1_000;
const sendWithinMs = 5_000;
const closeWithinMs = 2_000;
const instrumentationLibrary = { name: 'switchboard' };

/** Once per process: what is active now is known to OpenTelemetry by one global context manager. */
export function createTracing(options: TracingOptions & { endpoint: string }): Tracing {
  const resource = new Resource({
    'service.name': `switchboard-${options.process}`,
    'service.namespace': 'switchboard',
  });
  const spans = cleanSpans(
    new BatchSpanProcessor(exporterOf(options), {
      scheduledDelayMillis: sendEveryMs,
      exportTimeoutMillis: sendWithinMs,
    }),
  );
  // What is beneath no call is no call's, and not traced.
  const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });
  const provider = new BasicTracerProvider({ resource, sampler, spanProcessors: [spans] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer(instrumentationLibrary.name);

  const begin = (parent: Context, name: string, { startMs, facts = {} }: SpanOptions): TraceSpan => {
    const span = tracer.startSpan(name, { ...(startMs !== undefined && { startTime: startMs }) }, parent);
    span.setAttributes(attributesOf(facts));
    return spanOf(span, parent, begin);
  };
  const told = (span: ToldSpan): void => spans.onEnd(readable(span, resource));
  return {
    begin: ({ tenantId, callId }, name, { startMs, facts } = {}) =>
      begin(contextOfCall(callId, context.active()), name, {
        ...(startMs !== undefined && { startMs }),
        facts: { tenantId, callId, ...facts },
      }),
    callEnded({ tenantId, callId }, { startMs, endMs }, facts) {
      const root = callSpanContext(callId);
      told({ ...root, name: 'call', startMs, endMs, attributes: attributesOf({ tenantId, callId, ...facts }) });
    },
    client: { workflow: [callInterceptor, new OpenTelemetryWorkflowClientInterceptor()] },
    activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })],
    sinks: { traces: { ended: { fn: (_workflow, span) => told(span) } } },
    workflowModules: [fileURLToPath(new URL('../../workflows/trace-interceptors.ts', import.meta.url))],
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeWithinMs);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** A span that OpenTelemetry has not begun: its ids are given. */
interface ToldSpan {
  traceId: string;
  spanId: string;
  parentId?: string;
  name: string;
  startMs: number;
  endMs: number;
  failed?: boolean;
  attributes?: Record<string, string | number>;
}

function readable(
  { traceId, spanId, parentId, name, startMs, endMs, failed, attributes = {} }: ToldSpan,
  resource: Resource,
): ReadableSpan {
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    ended: true,
    resource,
    instrumentationLibrary,
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanOf(
  span: Span,
  parent: Context,
  begin: (parent: Context, name: string, options: SpanOptions) => TraceSpan,
): TraceSpan {
  const own = trace.setSpan(parent, span);
  return {
    child: (name, options = {}) => begin(own, name, options),
    tell: (facts) => void span.setAttributes(attributesOf(facts)),
    within: (run) => context.with(own, run),
    end({ endMs, facts = {}, failed } = {}) {
      if (!span.isRecording()) return;
      span.setAttributes(attributesOf(facts));
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(endMs);
    },
  };
}

function exporterOf({ endpoint, headers, onFailure }: TracingOptions & { endpoint: string }): SpanExporter {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const otlp = new OTLPTraceExporter({ url, headers: headersOf(headers), timeoutMillis: sendWithinMs });
  const patient = patientExporter(otlp);
  let isAway = false;
  return {
    export: (spans, done) =>
      patient.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !isAway) onFailure(messageOf(result.error));
        isAway = failed;
        done(result);
      }),
    shutdown: () => otlp.shutdown(),
    forceFlush: () => otlp.forceFlush(),
  };
}

function headersOf(text = ''): Record<string, string> {
  const pairs = text.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), decodeURIComponent(value.join('=').trim())];
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function attributesOf(facts: SpanFacts): Record<string, string | number> {
  const named = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named.map(([name, value]) => [`${ownPrefix}${name}`, value]));
}

function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
