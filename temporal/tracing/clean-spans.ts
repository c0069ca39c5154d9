import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Ids of workflows, runs, updates and activities, as the SDK's interceptors name them: none holds personal data. */
const allowed: ReadonlySet<string> = new Set([
  'temporalWorkflowId',
  'temporalUpdateId',
  'temporalActivityId',
  'run_id',
]);

/** Attributes of ours. */
export const ownPrefix = 'switchboard.';

/**
 * Lets out of each span its name, times and result, and those attributes that are named here or are ours. The SDK adds a
 * workflow's memo and the words of errors, which may quote what somebody said.
 */
export function cleanSpans(next: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, parent) => next.onStart(span, parent),
    onEnd: (span) => next.onEnd(cleaned(span)),
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

function cleaned(span: ReadableSpan): ReadableSpan {
  const { name, kind, parentSpanId, startTime, endTime, duration, ended, resource, instrumentationLibrary } = span;
  return {
    name,
    kind,
    spanContext: () => span.spanContext(),
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startTime,
    endTime,
    duration,
    ended,
    resource,
    instrumentationLibrary,
    status: { code: span.status.code },
    attributes: Object.fromEntries(
      Object.entries(span.attributes).filter(([key]) => allowed.has(key) || key.startsWith(ownPrefix)),
    ),
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
