import twilio from 'twilio';
import { beforeEach, expect, test } from 'vitest';
import { useTestLab } from './test-lab.ts';
import { TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();
let client: ReturnType<typeof clientWith>;

beforeEach(() => {
  client = clientWith(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
});

function clientWith(user: string, password: string, accountSid?: string) {
  const made = twilio(user, password, accountSid === undefined ? {} : { accountSid });
  made.api.baseUrl = lab.network.url;
  return made;
}

const FROM = '+420800000001';
const TO = '+420111222333';
const SAY = '<Response><Say>A high tone.</Say></Response>';

test('a created call rings, is answered by its callee and runs its TwiML', async () => {
  await lab.control.send('PUT', `/callees/${TO}`, {
    answerAfterMs: 300,
    steps: [{ waitForSpeech: true }, { say: 'low' }],
  });
  const call = await client.calls.create({
    to: TO,
    from: FROM,
    twiml: SAY,
    statusCallback: 'https://product.test/progress',
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  });
  expect(call).toMatchObject({ status: 'queued', direction: 'outbound-api', startTime: null, duration: null });
  expect(call.dateCreated).toBeInstanceOf(Date);

  const record = await lab.control.wait(call.sid);

  expect(record.faults).toEqual([]);
  expect(record.said.map(({ phraseId }) => phraseId)).toEqual(['low']);
  const progress = lab.product.received.filter(({ path }) => path === '/progress').map(({ form }) => form);
  expect(progress.map(({ CallStatus }) => CallStatus)).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
  expect(progress.map(({ SequenceNumber }) => SequenceNumber)).toEqual(['0', '1', '2', '3']);
  expect(await client.calls(call.sid).fetch()).toMatchObject({ status: 'completed', to: TO });
});

test.each([
  [{ outcome: 'busy' }, 'busy'],
  [{ outcome: 'rejected' }, 'busy'],
  [{ outcome: 'no-answer' }, 'no-answer'],
  [{ outcome: 'failed' }, 'failed'],
  [{ answerAfterMs: 5000 }, 'no-answer'],
])('a callee with %j leaves the call %s', async (callee, status) => {
  await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 100, ...callee });
  const call = await client.calls.create({ to: TO, from: FROM, twiml: SAY, timeout: 2 });
  expect((await lab.control.wait(call.sid)).status).toBe(status);
});

test('a trap can be meant for the requests about one number', async () => {
  await lab.control.send('PUT', '/traps', { name: 'rest-too-many-requests', match: 'POST', to: '+420111222334' });
  await lab.control.send('PUT', `/callees/${TO}`, { outcome: 'busy', answerAfterMs: 0 });
  await client.calls.create({ to: TO, from: FROM, twiml: SAY });
  const refused = client.calls.create({ to: '+420111222334', from: FROM, twiml: SAY });
  await expect(refused).rejects.toMatchObject({ status: 429, code: 20_429 });
});

test('a queued or ringing call can be cancelled, a connected one completed', async () => {
  await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 30_000 });
  const ringing = await client.calls.create({ to: TO, from: FROM, twiml: SAY });
  await client.calls(ringing.sid).update({ status: 'canceled' });
  expect((await lab.control.wait(ringing.sid)).status).toBe('canceled');

  await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 0 });
  const long = '<Response><Pause length="3000"/></Response>';
  const connected = await client.calls.create({ to: TO, from: FROM, twiml: long });
  await client.calls(connected.sid).update({ status: 'completed' });
  expect(['completed', 'canceled']).toContain((await lab.control.wait(connected.sid)).status);
});

test('an ended call cannot be redirected', async () => {
  const call = await client.calls.create({ to: TO, from: FROM, twiml: SAY });
  await lab.control.wait(call.sid);
  const redirect = client.calls(call.sid).update({ twiml: SAY });
  await expect(redirect).rejects.toMatchObject({ status: 400, code: 21_220 });
});

test.each([
  [{ to: 'bob', from: FROM, twiml: SAY }, 21_211],
  [{ to: TO, from: 'bob', twiml: SAY }, 21_212],
  [{ to: TO, from: '+420999999999', twiml: SAY }, 21_210],
  [{ to: TO, from: FROM, callerId: '+420999999999', twiml: SAY }, 21_210],
  [{ to: TO, from: '', callerId: FROM, twiml: SAY }, 21_213],
  [{ to: '', from: FROM, twiml: SAY }, 21_201],
  [{ to: TO, from: FROM }, 21_205],
  [{ to: TO, from: FROM, twiml: `<Response>${' '.repeat(4000)}</Response>` }, 20_001],
  [{ to: TO, from: FROM, twiml: SAY, timeout: 9000 }, 20_001],
  [{ to: TO, from: FROM, twiml: SAY, byoc: 'BY1' }, 20_001],
])('creating a call with %j is refused by %d', async (parameters, code) => {
  await expect(client.calls.create(parameters)).rejects.toMatchObject({ status: 400, code });
});

test('an unknown parameter is named', async () => {
  const create = client.calls.create({ to: TO, from: FROM, twiml: SAY, byoc: 'BY1' });
  await expect(create).rejects.toThrow('Unknown parameter Byoc');
});

test('credentials are checked, and accounts do not see each other', async () => {
  await expect(clientWith(TEST_ACCOUNT.sid, 'wrong').calls.list()).rejects.toMatchObject({ status: 401, code: 20_003 });
  const created = await client.api.v2010.accounts.create({ friendlyName: 'Tenant' });
  expect(created.authToken).toMatch(/^[0-9a-f]{32}$/);
  const tenant = clientWith(created.sid, created.authToken);
  expect(await tenant.incomingPhoneNumbers.list()).toEqual([]);
  await expect(tenant.api.v2010.accounts(TEST_ACCOUNT.sid).fetch()).rejects.toMatchObject({
    status: 404,
    code: 20_404,
  });
  const parentSees = clientWith(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken, created.sid);
  expect(await parentSees.calls.list()).toEqual([]);
});

test('an API key works in place of the token', async () => {
  const key = await client.newKeys.create({ friendlyName: 'k' });
  const withKey = clientWith(key.sid, key.secret, TEST_ACCOUNT.sid);
  expect(await withKey.incomingPhoneNumbers.list()).toHaveLength(1);
});

test('numbers are listed, bought and set', async () => {
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: FROM });
  expect(number).toMatchObject({
    phoneNumber: FROM,
    voiceUrl: 'https://product.test/voice',
    capabilities: { voice: true },
  });
  const updated = await client
    .incomingPhoneNumbers(number?.sid ?? '')
    .update({ voiceUrl: 'https://product.test/other' });
  expect(updated.voiceUrl).toBe('https://product.test/other');
  await expect(client.incomingPhoneNumbers.create({ phoneNumber: FROM })).rejects.toMatchObject({ code: 21_422 });
  const bought = await client.incomingPhoneNumbers.create({
    phoneNumber: '+420800000002',
    voiceUrl: 'https://product.test/voice',
  });
  lab.product.respond.set('/voice', () => '<Hangup/>');
  const record = await lab.control.wait(await lab.control.call({ to: bought.phoneNumber }));
  expect(record.status).toBe('completed');
});

test('lists are paged as the client follows them', async () => {
  for (let n = 0; n < 7; n += 1) await client.messages.create({ to: TO, from: FROM, body: `message ${n}` });
  const messages = await client.messages.list({ pageSize: 3 });
  expect(messages.map(({ body }) => body)).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `message ${n}`));
  const page = await client.messages.page({ pageSize: 3 });
  expect(page.instances).toHaveLength(3);
  expect((await page.nextPage())?.instances.map(({ body }) => body)).toEqual(['message 3', 'message 2', 'message 1']);
});

/** The kinds of a call's events, as they happen. */
async function* kindsOf(callSid: string): AsyncGenerator<string, undefined> {
  const { body } = await fetch(`${lab.network.url}/_sim/calls/${callSid}/events`);
  let rest = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line).kind;
  }
  return undefined;
}

test('a call is recorded, paused and sealed by REST', async () => {
  const steps = Array.from({ length: 100 }, () => ({ say: 'low' }));
  await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 0, steps });
  lab.product.respond.set('/outbound', () => '<Pause length="600"/>');
  const call = await client.calls.create({ to: TO, from: FROM, url: 'https://product.test/outbound' });
  const events = kindsOf(call.sid);
  const next = async (kind: string): Promise<void> => {
    for (let event = await events.next(); event.value !== kind; event = await events.next())
      if (event.done) throw new Error(`the call ended without ${kind}`);
  };
  await next('document');
  const recording = await client.calls(call.sid).recordings.create({ recordingChannels: 'dual' });
  expect(recording).toMatchObject({ status: 'in-progress', channels: 2 });
  await next('recording-started');
  // A recording without a frame would be absent: between two of its beginnings the tone is heard to its end.
  await next('said');
  await next('said');
  const paused = await client
    .calls(call.sid)
    .recordings(recording.sid)
    .update({ status: 'paused', pauseBehavior: 'skip' });
  expect(paused.status).toBe('paused');
  await client.calls(call.sid).update({ status: 'completed' });
  await lab.control.wait(call.sid);
  const [sealed] = await client.recordings.list({ callSid: call.sid });
  expect(sealed).toMatchObject({ sid: recording.sid, status: 'completed' });
});

test('applications are made and found', async () => {
  const made = await client.applications.create({ friendlyName: 'Phone', voiceUrl: 'https://product.test/softphone' });
  expect(await client.applications(made.sid).fetch()).toMatchObject({ voiceUrl: 'https://product.test/softphone' });
  await expect(client.applications(`AP${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ code: 20_404 });
});

test('traps: too many requests, unavailable, an answer lost after the work was done', async () => {
  const create = () => client.messages.create({ to: TO, from: FROM, body: 'x' });
  await lab.control.send('PUT', '/traps', { name: 'rest-too-many-requests', match: 'POST' });
  await expect(create()).rejects.toMatchObject({ status: 429, code: 20_429 });
  await lab.control.send('PUT', '/traps', { name: 'rest-unavailable' });
  await expect(create()).rejects.toMatchObject({ status: 503 });
  await lab.control.send('PUT', '/traps', { name: 'rest-answer-lost' });
  await expect(create()).rejects.toThrow(/hang up|ECONNRESET/);
  expect(await client.messages.list()).toHaveLength(1);
});

test('calls start no faster than the account may', async () => {
  await lab.control.send('PUT', '/accounts', [{ ...TEST_ACCOUNT, callsPerSecond: 0.001 }]);
  await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 0, steps: [{ hangUp: true }] });
  const first = await client.calls.create({ to: TO, from: FROM, twiml: SAY });
  const second = await client.calls.create({ to: TO, from: FROM, twiml: SAY });
  expect((await lab.control.wait(first.sid)).status).toBe('completed');
  expect((await client.calls(second.sid).fetch()).status).toBe('queued');
});
