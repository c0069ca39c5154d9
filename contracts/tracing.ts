/**
 * Traces as the processes give them: one call is one trace, and whatever is not a call's is not traced. What stands behind
 * it is loaded only where traces are asked for (`temporal/tracing.ts`).
 */
import type { CallId, TenantId } from './ids.ts';

/** All that a span may say. Nothing that a person said, typed or is reached at; no addresses, no secrets of tenants. */
export interface SpanFacts {
  tenantId?: string;
  callId?: string;
  epoch?: number;
  gatewayId?: string;
  nodeId?: string;
  modelId?: string;
  /** A tool's name, as its tenant gave it. */
  tool?: string;
  attempt?: number;
  httpStatus?: number;
  direction?: string;
  outcome?: string;
  latencyMs?: number;
}

export interface TracedCall {
  readonly tenantId: TenantId;
  readonly callId: CallId;
}

/** Times are milliseconds since 1970; absent: now. */
export interface SpanOptions {
  startMs?: number;
  facts?: SpanFacts;
}

export interface TraceSpan {
  /** Begins a span beneath this one. */
  child(name: string, options?: SpanOptions): TraceSpan;
  /** Adds to what it says. */
  tell(facts: SpanFacts): void;
  /** Runs so that what asks Temporal for something meanwhile, however long it waits, does so beneath this span. */
  within<T>(run: () => T): T;
  /** The first end counts. */
  end(options?: { endMs?: number; facts?: SpanFacts; failed?: boolean }): void;
}

export interface Tracer {
  /** Begins a span beneath what this call is doing here now, else beneath the call itself. */
  begin(call: TracedCall, name: string, options?: SpanOptions): TraceSpan;
  /** The call itself, from its admission to its end: the root of its trace. Told again, it is the same span. */
  callEnded(call: TracedCall, times: { startMs: number; endMs: number }, facts: SpanFacts): void;
}

/** Runs in a span of its own, where there is a tracer. */
export async function traced<T>(
  tracer: Tracer | undefined,
  call: TracedCall,
  { name, facts, factsOf }: { name: string; facts?: SpanFacts; factsOf?: (result: T) => SpanFacts },
  run: () => Promise<T>,
): Promise<T> {
  if (!tracer) return run();
  const span = tracer.begin(call, name, { ...(facts && { facts }) });
  try {
    const result = await span.within(run);
    span.end({ ...(factsOf && { facts: factsOf(result) }) });
    return result;
  } catch (failure) {
    span.end({ failed: true });
    throw failure;
  }
}
