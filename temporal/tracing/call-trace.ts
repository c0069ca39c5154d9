import { createHash } from 'node:crypto';
import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { CallId } from '../../contracts/ids.ts';

/**
 * The root of a call's trace. Its ids follow from the call's id, so that every process finds them by itself: the carrier,
 * which stands between the webhook and the stream, brings back nothing but our addresses and a token.
 */
export function callSpanContext(callId: CallId): SpanContext {
  const digest = createHash('sha256').update(callId).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** `active` where it is of this call already, else the call's own root. */
export function contextOfCall(callId: CallId, active: Context): Context {
  const root = callSpanContext(callId);
  return trace.getSpanContext(active)?.traceId === root.traceId ? active : trace.setSpanContext(ROOT_CONTEXT, root);
}
