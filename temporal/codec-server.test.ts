import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCodecServer } from './codec-server.ts';
import { createPayloadCodec } from './payload-codec.ts';

const platformKeys = [Buffer.alloc(32, 'codec server')] as const;
const uiOrigin = 'http://127.0.0.1:8233';
let server: Awaited<ReturnType<typeof startCodecServer>>;

beforeAll(async () => {
  server = await startCodecServer({ port: 0, platformKeys, uiOrigins: [uiOrigin] });
});
afterAll(() => server.close());

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** By `node:http`, since `fetch` sets `host` and `origin` itself. */
function ask(path: string, body: string, headers: Record<string, string> = {}, method = 'POST'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    { port: server.port, host: '127.0.0.1', path, method, headers: { 'content-type': 'application/json', ...headers } },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

async function sealedForTheUi(text: string): Promise<string> {
  const codec = createPayloadCodec(platformKeys);
  const owner = { type: 'workflow', namespace: 'default', workflowId: 't/acme/call/CA1' } as const;
  const payloads = await codec.encode(
    [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }],
    owner,
  );
  const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
      data: base64(data),
    })),
  });
}

describe('the codec server', () => {
  it('decodes for the UI', async () => {
    const { status, headers, body } = await ask('/decode', await sealedForTheUi('"hello"'), { origin: uiOrigin });
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBe(uiOrigin);
    expect(JSON.parse(body)).toEqual({
      payloads: [
        {
          metadata: { encoding: Buffer.from('json/plain').toString('base64') },
          data: Buffer.from('"hello"').toString('base64'),
        },
      ],
    });
  });

  it('encodes what an operator types, so that it can be decoded again', async () => {
    const typed = {
      payloads: [
        {
          metadata: { encoding: Buffer.from('json/plain').toString('base64') },
          data: Buffer.from('"go on"').toString('base64'),
        },
      ],
    };
    const encoded = await ask('/encode', JSON.stringify(typed), { origin: uiOrigin });
    expect(encoded.body).not.toContain(typed.payloads[0]?.data);
    expect(JSON.parse((await ask('/decode', encoded.body, { origin: uiOrigin })).body)).toEqual(typed);
  });

  it('answers the preflight of the UI', async () => {
    const { status, headers } = await ask(
      '/decode',
      '',
      { origin: uiOrigin, 'access-control-request-method': 'POST' },
      'OPTIONS',
    );
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': uiOrigin,
      'access-control-allow-headers': 'x-namespace, content-type, authorization',
    });
  });

  it.each([
    ['another origin', '/decode', { origin: 'https://evil.example' }, 403],
    ['a rebound name', '/decode', { host: 'evil.example' }, 403],
    ['a form', '/decode', { 'content-type': 'text/plain' }, 415],
    ['another path', '/', {}, 404],
  ])('refuses %s', async (_what, path, headers, status) => {
    const answer = await ask(path, await sealedForTheUi('"secret"'), headers);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain(Buffer.from('"secret"').toString('base64'));
  });

  it.each([
    '',
    '{',
    '{}',
    '{"payloads":[1]}',
    '{"payloads":[{"data":7}]}',
    '{"payloads":[{"metadata":{"encoding":"YmluYXJ5L2VuY3J5cHRlZA=="},"data":"AAAA"}]}',
  ])('survives a bad body: %s', async (body) => {
    expect((await ask('/decode', body)).status).toBe(400);
  });
});
