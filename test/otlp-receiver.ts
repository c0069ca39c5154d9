import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import protobuf from 'protobufjs';

/** The part of opentelemetry-proto (opentelemetry/proto/trace/v1/trace.proto, 1.5) that spans of ours can have. */
const proto = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
}
message Event { string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;
const Request = protobuf.parse(proto).root.lookupType('Request');

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Absent: a root. */
  parentId?: string;
  name: string;
  service: string;
  startMs: number;
  endMs: number;
  attributes: Record<string, unknown>;
}

interface KeyValue {
  key: string;
  value?: Record<string, unknown>;
}
interface Decoded {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: {
      spans?: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes?: KeyValue[];
      }[];
    }[];
  }[];
}

/** Takes spans by OTLP over HTTP, as a collector would. `raw` is all that was sent, as bytes read as text. */
export async function startOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  let raw = '';
  let headers: IncomingHttpHeaders = {};
  let status = 200;
  let refusals = 0;
  let breaks = 0;
  let heard: () => void = () => undefined;
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
    });
  const server = createServer((request, response) => {
    if (breaks > 0) {
      breaks -= 1;
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      raw += body.toString('utf8');
      ({ headers } = request);
      if (status !== 200) refusals += 1;
      else if (request.url === '/v1/traces') spans.push(...decoded(body));
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
      heard();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    spans,
    raw: () => raw,
    /** Of the last request. */
    headers: () => headers,
    /** Breaks the connection of the next requests. */
    breakOff: (requests: number) => void (breaks = requests),
    /** Takes no more spans. */
    refuse: () => void (status = 400),
    async refused(): Promise<void> {
      while (refusals === 0) await next();
    },
    /** Resolves when a span was received that fits. */
    async received(fits: (span: ReceivedSpan) => boolean): Promise<void> {
      while (!spans.some(fits)) await next();
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function decoded(body: Buffer): ReceivedSpan[] {
  const request: Decoded = Request.toObject(Request.decode(body), { longs: String, bytes: String });
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(valuesOf(resource?.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, attributes }) => ({
        traceId: hex(traceId),
        spanId: hex(spanId),
        ...(parentSpanId && { parentId: hex(parentSpanId) }),
        name,
        service,
        startMs: Number(startTimeUnixNano) / 1e6,
        endMs: Number(endTimeUnixNano) / 1e6,
        attributes: valuesOf(attributes),
      })),
    );
  });
}

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

function valuesOf(pairs: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value = {} }) => [key, Object.values(value)[0]]));
}

/** The trace as text: each span beneath its parent, by start, with what it says. */
export function treeOf(spans: readonly ReceivedSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const [first] = spans.map(({ startMs }) => startMs).toSorted((one, other) => one - other);
  const below = (parentId: string | undefined, depth: number): string[] =>
    spans
      .filter((span) => (parentId === undefined ? !ids.has(span.parentId ?? '') : span.parentId === parentId))
      .toSorted((one, other) => one.startMs - other.startMs)
      .flatMap(({ spanId, name, service, startMs, endMs, attributes }) => [
        `${'  '.repeat(depth)}${name} [${service.replace('switchboard-', '')}] +${Math.round(startMs - (first ?? 0))} ms, ${Math.round(endMs - startMs)} ms ${JSON.stringify(attributes)}`,
        ...below(spanId, depth + 1),
      ]);
  return below(undefined, 0);
}
