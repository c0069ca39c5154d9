import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { AppError } from '../contracts/errors.ts';
import { type PlatformKeys, createPayloadCodec } from './payload-codec.ts';

/** Temporal's own bound of a gRPC message is 4 MB; base64 adds a third. */
const maxBodyBytes = 8 * 1024 * 1024;
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

export interface CodecServerOptions {
  platformKeys: PlatformKeys;
  /** Origins of the Temporal UI; pages from elsewhere are refused. */
  uiOrigins: readonly string[];
}

/**
 * Serves `POST /decode` and `/encode` to the browser that shows the Temporal UI: `{ payloads: [{ metadata, data }] }`, in
 * base64, there and back. It decodes what callers said for whoever asks, so it belongs on loopback and nowhere else:
 * another name in `Host` (a rebound DNS name) and a foreign `Origin` are refused.
 */
function createCodecHandler({ platformKeys, uiOrigins }: CodecServerOptions) {
  const codec = createPayloadCodec(platformKeys);
  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => reply(response, 400, { message: 'the payloads cannot be converted' }));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host = '' } = request.headers;
    if (!loopbackHost.test(host)) return reply(response, 403, { message: 'only on loopback' });
    if (origin !== undefined && !uiOrigins.includes(origin)) return reply(response, 403, { message: 'unknown origin' });
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('vary', 'origin');
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', 'POST');
      response.setHeader('access-control-allow-headers', 'x-namespace, content-type, authorization');
      response.writeHead(204).end();
      return;
    }
    const convert = conversion(codec, request.url);
    if (request.method !== 'POST' || !convert) return reply(response, 404, { message: 'POST /decode or /encode' });
    // A form or plain text could come from any page without a preflight.
    if (!request.headers['content-type']?.startsWith('application/json'))
      return reply(response, 415, { message: 'application/json' });
    const payloads = readPayloads(await readBody(request));
    reply(response, 200, { payloads: (await convert(payloads)).map(toJson) });
  }
}

/** Listens on 127.0.0.1; resolves when it does. */
export async function startCodecServer({
  port,
  ...options
}: CodecServerOptions & { port: number }): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(createCodecHandler(options));
  await listen(server, port);
  const address = server.address();
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { port: typeof address === 'object' && address ? address.port : port, close };
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause) =>
    reject(new AppError('port-in-use', `the codec server cannot listen on port ${port}`, { cause })),
  );
  server.listen(port, '127.0.0.1', resolve);
  return promise;
}

function conversion(
  codec: PayloadCodec,
  url: string | undefined,
): ((payloads: Payload[]) => Promise<Payload[]>) | undefined {
  const path = url?.split('?', 1)[0];
  if (path === '/decode') return (payloads) => codec.decode(payloads);
  if (path === '/encode') return (payloads) => codec.encode(payloads);
  return undefined;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBodyBytes) throw new AppError('document-invalid', 'the body is too large');
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function readPayloads(body: unknown): Payload[] {
  if (!isRecord(body) || !Array.isArray(body['payloads']))
    throw new AppError('document-invalid', 'no payloads in the body');
  return body['payloads'].map(fromJson);
}

function fromJson(payload: unknown): Payload {
  if (!isRecord(payload)) throw new AppError('document-invalid', 'a payload is no object');
  const metadata = isRecord(payload['metadata']) ? payload['metadata'] : {};
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, fromBase64(value)])),
    data: fromBase64(payload['data'] ?? ''),
  };
}

function toJson({ metadata, data }: Payload) {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

function fromBase64(value: unknown): Buffer {
  if (typeof value !== 'string') throw new AppError('document-invalid', 'a field of a payload is not base64 text');
  return Buffer.from(value, 'base64');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
