import { callSpanContext } from '../temporal/tracing/call-trace.ts';
import type { ReceivedSpan } from './otlp-receiver.ts';

/** The spans of one call, and how they hang together. */
export function callTrace(received: readonly ReceivedSpan[], callId: string) {
  const { traceId } = callSpanContext(callId);
  const spans = received.filter((span) => span.traceId === traceId);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const above = ({ parentId }: ReceivedSpan): ReceivedSpan[] => {
    const parent = parentId === undefined ? undefined : byId.get(parentId);
    return parent ? [...above(parent), parent] : [];
  };
  return {
    spans,
    /** Those that hang on nothing: in a whole trace the call alone. */
    roots: spans.filter(({ parentId }) => parentId === undefined || !byId.has(parentId)).map(({ name }) => name),
    /** For each span of the name: the names from the root down to it. */
    pathsOf: (name: string): string[] =>
      spans
        .filter((span) => span.name === name)
        .map((span) => [...above(span), span].map((one) => one.name).join(' > ')),
    services: new Set(spans.map(({ service }) => service)),
    /** All that anybody can read in it, in small letters. */
    text: JSON.stringify(spans.map(({ name, attributes }) => [name, Object.entries(attributes)])).toLowerCase(),
  };
}
