import type { SpanFacts, SpanOptions, TracedCall, Tracer, TraceSpan } from '../contracts/tracing.ts';

interface FakeSpan {
  name: string;
  facts: SpanFacts;
  beneath: FakeSpan[];
  ended: boolean;
  failed: boolean;
  startMs?: number;
  endMs?: number;
}

/** A tracer that keeps what it was told. `tree` gives one line a span; `*` marks failures, `…` what has not ended. */
export function createFakeTracer(): Tracer & {
  roots: FakeSpan[];
  running: () => string | undefined;
  tree: () => string[];
} {
  const roots: FakeSpan[] = [];
  const within: string[] = [];
  const begin = (siblings: FakeSpan[], name: string, { startMs, facts = {} }: SpanOptions): TraceSpan => {
    const span: FakeSpan = { name, facts: { ...facts }, beneath: [], ended: false, failed: false };
    if (startMs !== undefined) span.startMs = startMs;
    siblings.push(span);
    return {
      child: (childName, options = {}) => begin(span.beneath, childName, options),
      tell: (more) => void Object.assign(span.facts, more),
      within(run) {
        within.push(name);
        try {
          return run();
        } finally {
          within.pop();
        }
      },
      end({ endMs, facts: more = {}, failed = false } = {}) {
        if (span.ended) return;
        Object.assign(span.facts, more);
        if (endMs !== undefined) span.endMs = endMs;
        Object.assign(span, { ended: true, failed });
      },
    };
  };
  const lines = (spans: readonly FakeSpan[], depth: number): string[] =>
    spans.flatMap(({ name, facts, failed, ended, beneath }) => [
      `${'  '.repeat(depth)}${name}${facts.outcome === undefined ? '' : ` ${facts.outcome}`}${failed ? ' *' : ''}${ended ? '' : ' …'}`,
      ...lines(beneath, depth + 1),
    ]);
  return {
    roots,
    /** The span within which something is asked for at this moment. */
    running: () => within.at(-1),
    tree: () => lines(roots, 0),
    begin: (call: TracedCall, name, { facts, ...options } = {}) =>
      begin(roots, name, { ...options, facts: { ...call, ...facts } }),
    callEnded: (call, times, facts) => begin(roots, 'call', { facts: { ...call, ...facts } }).end(times),
  };
}
