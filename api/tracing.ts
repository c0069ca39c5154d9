import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TracedCall, Tracer, TraceSpan } from '../contracts/tracing.ts';

/**
 * A span for each question and report of the carrier that was verified, named after its route; what it asks of the call's
 * workflow is beneath it.
 */
export function traceWebhooks(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, TraceSpan>();
  app.addHook('preHandler', (request, reply, done) => {
    const call = callOf(request);
    if (!call) return done();
    const name = `${request.method} ${request.routeOptions.url ?? ''}`;
    const span = tracer.begin(call, name, { startMs: Date.now() - reply.elapsedTime });
    spans.set(request, span);
    return span.within(done);
  });
  app.addHook('onResponse', async (request, { statusCode }) => {
    spans.get(request)?.end({ facts: { httpStatus: statusCode }, failed: statusCode >= 500 });
  });
}

/** The path names the call, or, where the carrier asks for the first time, the form does. */
function callOf({ params, body, carrier }: FastifyRequest): TracedCall | undefined {
  const [tenantId] = carrier?.tenantIds ?? [];
  const callId = textIn(params, 'callId') ?? textIn(body, 'CallSid');
  return tenantId === undefined || callId === undefined
    ? undefined
    : { tenantId: textIn(params, 'tenantId') ?? tenantId, callId };
}

function textIn(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const value: unknown = Reflect.get(fields, name);
  return typeof value === 'string' ? value : undefined;
}
