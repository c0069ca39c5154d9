import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from '../test/phone-network-process.ts';
import type { RequestClaim, RequestKey } from './request-ledger.ts';
import { createTwilioClient } from './twilio-client.ts';
import { createTwilioMessages } from './twilio-messages.ts';

const accountId = `AC${'d'.repeat(32)}`;
const authToken = 'token-of-acme';
const from = '+420222000111';
let network: PhoneNetworkProcess;
/** Takes what the network tells of messages. */
const product = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(204).end();
    const { MessageStatus: status, ErrorCode: code } = Object.fromEntries(
      new URLSearchParams(Buffer.concat(chunks).toString()),
    );
    told.emit(request.url ?? '', { status, code });
  });
});
const told = new EventEmitter();
beforeAll(async () => {
  product.listen(0, '127.0.0.1');
  await once(product, 'listening');
  const address = product.address();
  network = await startPhoneNetworkProcess({
    hosts: { 'api.test': `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` },
    accounts: [{ sid: accountId, authToken, numbers: [{ phoneNumber: from }] }],
  });
}, 30_000);
afterAll(async () => {
  await network?.stop();
  product.close();
});
afterEach(() => network.control('DELETE', '/traps'));

/** The ledger in memory, with the same rules as the stored one. */
let attempts: Map<string, { sinceMs: number; messageId?: string }>;
let clockMs: number;
beforeEach(() => {
  attempts = new Map();
  clockMs = 0;
});
const nameOf = ({ callId, name }: RequestKey): string => `${callId} ${name}`;
const requests = {
  claim: async (key: RequestKey, atMs: number): Promise<RequestClaim> => {
    const known = attempts.get(nameOf(key));
    if (known?.messageId !== undefined) return { type: 'done', data: { messageId: known.messageId } };
    if (known) return { type: 'unknown', sinceMs: known.sinceMs };
    attempts.set(nameOf(key), { sinceMs: atMs });
    return { type: 'mine' };
  },
  placed: async (key: RequestKey, { messageId }: { messageId: string }, atMs: number) =>
    void attempts.set(nameOf(key), { sinceMs: atMs, messageId }),
  release: async (key: RequestKey) => void attempts.delete(nameOf(key)),
};
const client = () => createTwilioClient({ accountId, authToken }, { baseUrl: network.url, timeoutMs: 1000 });
const messages = createTwilioMessages({
  requests,
  isTaken: async (key, messageId) =>
    [...attempts].some(([name, attempt]) => name !== nameOf(key) && attempt.messageId === messageId),
  statusUrl: ({ name }) => `https://api.test/${name}`,
  authToken: async (tenantId) => (tenantId === 'acme' ? authToken : undefined),
  connect: (account) => createTwilioClient(account, { baseUrl: network.url, timeoutMs: 1000 }),
  nowMs: () => Date.now() + clockMs,
  pause: async (ms) => void (clockMs += ms),
});

let people = 0;
const person = (): string => `+42077701${String(1000 + ++people)}`;
const key = (name: string, tenantId = 'acme'): RequestKey => ({ tenantId, callId: 'CA1', name: `sms/${name}` });
const to = (number: string, text = 'Objednávka je na cestě.') => ({ accountId, from, to: number, text });
const received = async (number: string): Promise<string[]> =>
  (await client().messages.list({ to: number })).map(({ body }) => body);
const trap = (name: string) => network.control('PUT', '/traps', { name, match: 'POST' });

const sent = {
  status: 'sent',
  messageId: expect.stringMatching(/^SM/),
  price: { amountMillionths: 56_400, currency: 'USD', segments: 1 },
};

describe('a text message', () => {
  it('is sent once however often it is asked for', async () => {
    const number = person();
    expect(await messages.send(key('a'), to(number))).toEqual(sent);
    expect(await messages.send(key('a'), to(number))).toEqual(sent);
    expect(await received(number)).toEqual(['Objednávka je na cestě.']);
  });

  it('is looked for in the carrier’s list where its answer was lost, and not sent again', async () => {
    const number = person();
    await trap('rest-answer-lost');
    await expect(messages.send(key('lost'), to(number))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    expect(await messages.send(key('lost'), to(number))).toEqual(sent);
    expect(await received(number)).toHaveLength(1);
  });

  it('is not taken for another one with the same words', async () => {
    const number = person();
    await messages.send(key('one'), to(number));
    attempts.set(nameOf(key('two')), { sinceMs: Date.now() });
    await expect(messages.send(key('two'), to(number))).rejects.toMatchObject({ code: 'carrier-unavailable' });
  });

  it('has failed where nobody will ever know', async () => {
    attempts.set(nameOf(key('gone')), { sinceMs: Date.now() - 60_000 });
    expect(await messages.send(key('gone'), to(person()))).toEqual({ status: 'failed' });
  });

  it('is tried again where the carrier has certainly not sent it', async () => {
    const number = person();
    await trap('rest-too-many-requests');
    await expect(messages.send(key('busy'), to(number))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    expect(await messages.send(key('busy'), to(number))).toEqual(sent);
    expect(await received(number)).toHaveLength(1);
  });

  it.each([
    ['no mobile number', '+15005550009', 21_614],
    ['a number that is none', '+0123456', 21_211],
  ])('has failed to %s, with the carrier’s code', async (_what, number, carrierCode) => {
    expect(await messages.send(key(number), to(number))).toEqual({ status: 'failed', carrierCode });
  });

  it('that does not arrive later was sent, and its own address is told so with the carrier’s code', async () => {
    const end = new Promise((resolve) => {
      told.on('/sms/late', (report: { status: string }) => report.status === 'undelivered' && resolve(report));
    });
    expect(await messages.send(key('late'), to('+15005550008'))).toEqual(sent);
    expect(await end).toEqual({ status: 'undelivered', code: '30003' });
    expect(await messages.send(key('late'), to('+15005550008'))).toEqual({
      status: 'failed',
      carrierCode: 30_003,
      messageId: sent.messageId,
      price: sent.price,
    });
  });

  it('that is priced later is asked for until its price is known', async () => {
    const { messageId = '', price } = await messages.send(key('priced'), to('+15005550007'));
    expect(price).toBeUndefined();
    const question = { tenantId: 'acme', accountId, messageId };
    const prices = [];
    for (let asked = 0; asked < 2; asked++) prices.push(await messages.price(question));
    expect(prices).toEqual(['not-yet', sent.price]);
  });

  it('that nobody can ask for any more has no price', async () => {
    const gone = { tenantId: 'acme', accountId, messageId: `SM${'0'.repeat(32)}` };
    expect(await messages.price(gone)).toBe('never');
    expect(await messages.price({ ...gone, tenantId: 'penniless' })).toBe('never');
    await network.control('PUT', '/traps', { name: 'rest-too-many-requests', match: 'GET' });
    await expect(messages.price(gone)).rejects.toMatchObject({ code: 'carrier-unavailable' });
  });

  it('has failed without credentials', async () => {
    expect(await messages.send(key('poor', 'penniless'), to(person()))).toEqual({ status: 'failed' });
  });
});
