/** Traces by OpenTelemetry. The SDK's interceptors take them through Temporal; spans of our own stand beside them. */
import { createRequire } from 'node:module';
import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  type OpenTelemetrySinks,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { InjectedSinks } from '@temporalio/worker';
import { callOfWorkflowId } from '../../contracts/ids.ts';
import { messageOf } from '../../contracts/errors.ts';
import type { SpanFacts, SpanOptions, TraceSpan } from '../../contracts/tracing.ts';
import type { Tracing, TracingOptions } from '../tracing.ts';
import { callInterceptor } from './call-interceptor.ts';
import { callSpanContext, contextOfCall } from './call-trace.ts';
import { cleanSpans, ownPrefix } from './clean-spans.ts';

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
  return {
    begin: ({ tenantId, callId }, name, { startMs, facts } = {}) =>
      begin(contextOfCall(callId, context.active()), name, {
        ...(startMs !== undefined && { startMs }),
        facts: { tenantId, callId, ...facts },
      }),
    callEnded({ tenantId, callId }, { startMs, endMs }, facts) {
      const root = callSpanContext(callId);
      spans.onEnd({
        name: 'call',
        kind: SpanKind.INTERNAL,
        spanContext: () => root,
        startTime: hrTime(startMs),
        endTime: hrTime(endMs),
        duration: hrTime(endMs - startMs),
        ended: true,
        resource,
        instrumentationLibrary,
        status: { code: SpanStatusCode.UNSET },
        attributes: attributesOf({ tenantId, callId, ...facts }),
        links: [],
        events: [],
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      });
    },
    client: { workflow: [callInterceptor, new OpenTelemetryWorkflowClientInterceptor()] },
    activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })],
    sinks: workflowSinks(spans, resource),
    workflowModules: [
      createRequire(import.meta.url).resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'),
    ],
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeWithinMs);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
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

/** What leaves the sandbox. Where a workflow was begun without a trace, what it makes up is nobody's. */
function workflowSinks(spans: SpanProcessor, resource: Resource): InjectedSinks<OpenTelemetrySinks> {
  const { export: given } = makeWorkflowExporter(spans, resource);
  return {
    exporter: {
      export: {
        fn: (info, made) => {
          const call = callOfWorkflowId(info.workflowId);
          const { traceId } = call ? callSpanContext(call.callId) : { traceId: undefined };
          return given.fn(
            info,
            made.filter(({ spanContext }) => spanContext.traceId === traceId),
          );
        },
      },
    },
  };
}

function exporterOf({ endpoint, headers, onFailure }: TracingOptions & { endpoint: string }): SpanExporter {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const otlp = new OTLPTraceExporter({ url, headers: headersOf(headers), timeoutMillis: sendWithinMs });
  let isAway = false;
  return {
    export: (spans, done) =>
      otlp.export(spans, (result) => {
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
