import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Crm, startCrm } from './crm.ts';

let crm: Crm;

beforeEach(async () => {
  crm = await startCrm({ port: 0 });
});

afterEach(async () => {
  await crm.close();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(crm.url + path, { method: 'POST', body: JSON.stringify(body), headers, redirect: 'manual' });
}

async function knobs(body: Record<string, unknown>): Promise<void> {
  await fetch(`${crm.url}/_sim/knobs`, { method: 'PUT', body: JSON.stringify(body) });
}

test('tells the status of an order, its number as text or number', async () => {
  const answer = await post('/orders/status', { order_number: '4711' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ order_number: '4711', status: 'shipped' });
  expect((await post('/orders/status', { order_number: 4712 })).status).toBe(200);
});

test('finds a customer by telephone number', async () => {
  const answer = await post('/customers/lookup', { phone: '+420 777 000 111' });
  expect(await answer.json()).toMatchObject({ name: 'Jana Nováková' });
});

test('has an appointment a week ahead for everybody but one, and takes what is told of it', async () => {
  const { id, startsAt } = (await (await post('/appointments/next', { phone: '+420777123456' })).json()) as {
    id: string;
    startsAt: string;
  };
  expect(Date.parse(startsAt)).toBeGreaterThan(Date.now() + 5 * 86_400_000);
  expect((await post('/appointments/answer', { appointmentId: id, answer: 'confirmed' })).status).toBe(200);
  expect((await post('/appointments/next', { phone: '+420777000222' })).status).toBe(404);
});

test.each([
  ['/leads', { phone: '+420777123456' }, 200],
  ['/leads', {}, 422],
  ['/reservations', { arrival: '2026-12-31' }, 200],
  ['/orders/status', { order_number: '9999' }, 404],
  ['/orders/status', {}, 422],
  ['/orders/status', [], 400],
  ['/nothing', {}, 404],
])('answers %s with %j by %d', async (path, body, status) => {
  expect((await post(path, body)).status).toBe(status);
});

test('a repeated idempotency key gets the same answer and is counted', async () => {
  const headers = { 'idempotency-key': 'k1' };
  const first = await (await post('/orders/status', { order_number: '4711' }, headers)).json();
  const second = await (await post('/orders/status', { order_number: '4712' }, headers)).json();
  expect(second).toEqual(first);
  const seen = (await (await fetch(`${crm.url}/_sim/requests`)).json()) as { requests: { occurrence: number }[] };
  expect(seen.requests.map((request) => request.occurrence)).toEqual([1, 2]);
});

test('knobs hold for as many requests as asked', async () => {
  await knobs({ status: 503, times: 1 });
  expect((await post('/orders/status', { order_number: '4711' })).status).toBe(503);
  expect((await post('/orders/status', { order_number: '4711' })).status).toBe(200);
});

test('talks nonsense on demand', async () => {
  await knobs({ body: 'garbage' });
  await expect((await post('/orders/status', { order_number: '4711' })).json()).rejects.toThrow(SyntaxError);
  await knobs({ body: 'oversize' });
  expect((await (await post('/orders/status', { order_number: '4711' })).text()).length).toBeGreaterThan(5_000_000);
  await knobs({ redirectTo: 'http://169.254.169.254/' });
  expect((await post('/orders/status', { order_number: '4711' })).headers.get('location')).toContain('169.254');
  await knobs({ hangUp: true });
  await expect(post('/orders/status', { order_number: '4711' })).rejects.toThrow('fetch failed');
});
