import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../contracts/tools.ts';
import { madeUpTool, madeUpToolCall } from '../../test/made-up-tool.ts';
import { type ToolServer, json, startToolServer } from '../../test/tool-server.ts';
import { type Lookup, createGuardedAgents, isPublic } from './address-guard.ts';
import { runHttpTool } from './run-http-tool.ts';

const secrets: Record<string, string> = { crm: 's3cret-token' };
const readSecret = async (tenantId: string, name: string): Promise<string | undefined> =>
  tenantId === 'acme' ? secrets[name] : undefined;
const typed: Record<string, string> = { card: '4111222233334444' };
const readSensitive = async (_call: object, name: string): Promise<string | undefined> => typed[name];
/** Every name is on loopback, as a rebound name would be. */
const rebound: Lookup = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
const agents = createGuardedAgents(rebound);

let server: ToolServer;
beforeAll(async () => {
  server = await startToolServer();
});
afterAll(async () => {
  await agents.close();
  await server.close();
});
beforeEach(() => {
  server.received.length = 0;
  server.answers.clear();
});

function run(tool: Partial<ToolDefinition> & { path?: string }, fields: Parameters<typeof madeUpToolCall>[1] = {}) {
  const made = madeUpTool({ endpoint: `${server.url}${tool.path ?? '/tool'}`, ...tool });
  const input = madeUpToolCall(made, { allowedPrivateHosts: [server.host], ...fields });
  return runHttpTool({ agents, readSecret, readSensitive }, input, AbortSignal.timeout(made.timeoutMs));
}

describe('a request', () => {
  it('posts the arguments with an idempotency key', async () => {
    server.answers.set('/tool', (response) => json(response, 200, { name: 'Novák' }));
    expect(await run({}, { args: { phone: '+420800000001' } })).toMatchObject({
      status: 'ok',
      httpStatus: 200,
      data: { name: 'Novák' },
    });
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        body: '{"phone":"+420800000001"}',
        headers: { 'idempotency-key': 'CA1/f1', 'content-type': 'application/json' },
      },
    ]);
  });

  it('sends what the caller typed for it alone, and tells nobody what the tool echoes of it', async () => {
    server.answers.set('/tool', (response) => json(response, 200, { paid: true, card: 'ends 4111222233334444' }));
    const tool = { body: { card: '{{sensitive.card}}', amount: '{{args.amount}}' } };
    const result = await run(tool, { args: { amount: 12 } });
    expect(server.received).toMatchObject([{ body: '{"card":"4111222233334444","amount":12}' }]);
    expect(result).toMatchObject({ status: 'ok', data: { paid: true, card: 'ends •••' } });
    await expect(run({ body: { pin: '{{sensitive.pin}}' } })).rejects.toMatchObject({ code: 'bad-arguments' });
  });

  it('fills templates in address, headers and body', async () => {
    await run(
      {
        path: '/customers/{{args.id}}?call={{call.id}}',
        headers: { Authorization: 'Bearer {{secrets.crm}}' },
        body: { count: '{{args.count}}', text: 'for {{args.id}}', absent: '{{args.none}}' },
      },
      { args: { id: 'a/b &?', count: 3 } },
    );
    expect(server.received).toMatchObject([
      {
        url: '/customers/a%2Fb%20%26%3F?call=CA1',
        headers: { authorization: 'Bearer s3cret-token' },
        body: '{"count":3,"text":"for a/b &?"}',
      },
    ]);
  });

  it('puts arguments that the address does not name into the query of a GET', async () => {
    await run({ method: 'GET', path: '/c/{{args.id}}' }, { args: { id: 1, q: 'x y' } });
    expect(server.received).toMatchObject([{ method: 'GET', url: '/c/1?q=x+y', body: '' }]);
  });

  it.each([
    ['a path that climbs', { path: '/c/{{args.v}}/x' }, '..', 'bad-arguments'],
    ['a header that breaks its line', { headers: { 'x-a': '{{args.v}}' } }, 'a\r\nx-b: c', 'bad-arguments'],
    ['a secret that is not there', { headers: { 'x-a': '{{secrets.other}}' } }, 'v', 'bad-template'],
    ['an unknown name', { headers: { 'x-a': '{{process.env}}' } }, 'v', 'bad-template'],
  ])('refuses %s', async (_what, tool, v, code) => {
    await expect(run(tool, { args: { v } })).rejects.toMatchObject({ code });
    expect(server.received).toEqual([]);
  });

  it('never takes what was said for a template', async () => {
    await run({ body: { text: '{{args.v}}' } }, { args: { v: '{{secrets.crm}}' } });
    expect(server.received).toMatchObject([{ body: '{"text":"{{secrets.crm}}"}' }]);
  });

  it('refuses arguments that do not fit the schema and says where', async () => {
    const parameters = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
    await expect(run({ parameters }, { args: { id: 'secret text' } })).rejects.toMatchObject({
      code: 'bad-arguments',
      hint: expect.stringContaining('/id must be integer'),
    });
    await expect(run({ parameters }, { args: { id: 'secret text' } })).rejects.not.toMatchObject({
      hint: expect.stringContaining('secret text'),
    });
  });
});

describe('an answer', () => {
  it.each([
    [
      'too large',
      (tool: ToolServer) => tool.answers.set('/tool', (response) => json(response, 200, 'x'.repeat(20_000))),
      'too-large',
    ],
    [
      'garbage',
      (tool: ToolServer) =>
        tool.answers.set('/tool', (response) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'),
        ),
      'bad-response',
    ],
    [
      'binary',
      (tool: ToolServer) =>
        tool.answers.set('/tool', (response) => response.writeHead(200, { 'content-type': 'image/png' }).end('x')),
      'bad-response',
    ],
    [
      'not UTF-8',
      (tool: ToolServer) =>
        tool.answers.set('/tool', (response) =>
          response.writeHead(200, { 'content-type': 'text/plain' }).end(Buffer.of(0xff, 0xfe)),
        ),
      'bad-response',
    ],
    [
      'cut off',
      (tool: ToolServer) =>
        tool.answers.set(
          '/tool',
          (response) => void response.writeHead(200, { 'content-length': '50' }).write('x', () => response.destroy()),
        ),
      'unreachable',
    ],
  ])('that is %s cannot be used', async (_what, prepare, code) => {
    prepare(server);
    await expect(run({})).rejects.toMatchObject({ code });
  });

  it('that takes too long is a timeout', async () => {
    server.answers.set('/tool', () => undefined);
    await expect(run({ timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      transient: true,
      mayHaveHappened: true,
    });
  });

  it('that refuses is handed to the model with what it says', async () => {
    server.answers.set('/tool', (response) => json(response, 404, { error: 'no such customer' }));
    expect(await run({})).toMatchObject({
      status: 'failed',
      error: 'http-error',
      httpStatus: 404,
      data: { error: 'no such customer' },
      retryable: false,
    });
  });

  it('of a server out of order is repeated for idempotent tools alone', async () => {
    server.answers.set('/tool', (response) => json(response, 503, {}));
    await expect(run({ idempotent: true })).rejects.toMatchObject({ code: 'http-error', transient: true });
    expect(await run({ idempotent: false })).toMatchObject({ status: 'failed', httpStatus: 503, retryable: false });
  });

  it('never shows a secret that the tool echoes', async () => {
    server.answers.set('/tool', (response) => json(response, 200, { echo: ['token s3cret-token'] }));
    expect(await run({ headers: { authorization: '{{secrets.crm}}' } })).toMatchObject({
      data: { echo: ['token •••'] },
    });
  });
});

describe('the address of a tool', () => {
  it('may be private only where the tenant is allowed this very host and port', async () => {
    await expect(run({}, { allowedPrivateHosts: [] })).rejects.toMatchObject({ code: 'refused-address' });
    await expect(run({}, { allowedPrivateHosts: ['127.0.0.1:1'] })).rejects.toMatchObject({ code: 'refused-address' });
    await expect(run({}, { allowedPrivateHosts: ['127.0.0.1'] })).rejects.toMatchObject({ code: 'refused-address' });
    expect(server.received).toEqual([]);
  });

  it('is checked after its name is resolved', async () => {
    const { port } = new URL(server.url);
    await expect(run({ endpoint: `http://crm.example:${port}/tool` })).rejects.toMatchObject({
      code: 'refused-address',
    });
    expect(server.received).toEqual([]);
    await run({ endpoint: `http://crm.example:${port}/tool` }, { allowedPrivateHosts: [`crm.example:${port}`] });
    expect(server.received).toHaveLength(1);
  });

  it('is checked at each redirect', async () => {
    server.answers.set('/tool', (response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    );
    await expect(run({ headers: { authorization: '{{secrets.crm}}' } })).rejects.toMatchObject({
      code: 'refused-address',
    });
  });

  it('may redirect within bounds, and takes our headers to no other origin', async () => {
    const { port } = new URL(server.url);
    server.answers.set('/tool', (response) =>
      response.writeHead(303, { location: `http://other.example:${port}/there` }).end(),
    );
    const allowed = [server.host, `other.example:${port}`];
    await run({ headers: { authorization: '{{secrets.crm}}' } }, { allowedPrivateHosts: allowed });
    expect(server.received[1]).toMatchObject({ method: 'GET', url: '/there', body: '' });
    expect(server.received[1]?.headers).not.toHaveProperty('authorization');
    server.answers.set('/tool', (response) => response.writeHead(302, { location: '/tool' }).end());
    await expect(run({})).rejects.toMatchObject({ code: 'bad-response' });
  });

  it.each(['ftp://crm.example/x', 'file:///etc/passwd'])('has no other scheme: %s', async (endpoint) => {
    await expect(run({ endpoint }, { allowedPrivateHosts: [] })).rejects.toMatchObject({ code: 'refused-address' });
  });

  it.each(['http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/', 'http://0.0.0.0/'])(
    'is not private by another spelling: %s',
    async (endpoint) => {
      await expect(run({ endpoint }, { allowedPrivateHosts: [] })).rejects.toMatchObject({ code: 'refused-address' });
    },
  );

  it.each([
    ['8.8.8.8', true],
    ['2a00:1450:4014:80e::200e', true],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['127.0.0.53', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['::ffff:192.168.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2001:db8::1', false],
    ['192.0.2.1', false],
    ['198.18.0.1', false],
    ['192.88.99.1', false],
    ['not an address', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublic(address)).toBe(expected);
  });
});
