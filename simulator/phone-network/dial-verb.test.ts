import twilio from 'twilio';
import { beforeEach, expect, test } from 'vitest';
import { useTestLab } from './test-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();

beforeEach(() => {
  lab.product.respond.set('/dialled', () => '<Hangup/>');
});

const [FIRST, SECOND] = ['+420111222333', '+420111222444'];

async function dialling(
  dial: string,
  callees: Record<string, object>,
): Promise<{ record: CallRecord; legs: CallRecord[] }> {
  lab.product.respond.set('/voice', () => dial);
  for (const [number, callee] of Object.entries(callees)) await lab.control.send('PUT', `/callees/${number}`, callee);
  const record = await lab.control.wait(await lab.control.call({}));
  return { record, legs: await Promise.all(record.childSids.map(lab.control.record)) };
}

const outcome = () => lab.product.received.find(({ path }) => path === '/dialled')?.form;
const numbers = `<Number>${FIRST}</Number><Number>${SECOND}</Number>`;

test('of several numbers the first that answers takes the call, the others stop ringing', async () => {
  const { legs } = await dialling(`<Dial action="/dialled">${numbers}</Dial>`, {
    [FIRST]: { answerAfterMs: 20_000 },
    [SECOND]: { answerAfterMs: 500, steps: [{ pauseMs: 500 }, { hangUp: true }] },
  });
  expect(legs.map(({ status }) => status)).toEqual(['canceled', 'completed']);
  expect(outcome()).toMatchObject({ DialCallStatus: 'completed', DialCallSid: legs[1]?.callSid });
});

test('in sequence the second rings when the first does not take the call', async () => {
  const { legs } = await dialling(`<Dial action="/dialled" sequential="true">${numbers}</Dial>`, {
    [FIRST]: { outcome: 'busy', answerAfterMs: 200 },
    [SECOND]: { answerAfterMs: 200, steps: [{ hangUp: true }] },
  });
  expect(legs.map(({ status }) => status)).toEqual(['busy', 'completed']);
  expect(outcome()?.DialBridged).toBe('true');
});

test('a whisper is heard by the callee alone, before both are joined', async () => {
  lab.product.respond.set('/whisper', () => '<Say>A high tone.</Say>');
  const { record, legs } = await dialling(`<Dial action="/dialled"><Number url="/whisper">${FIRST}</Number></Dial>`, {
    [FIRST]: { answerAfterMs: 0, steps: [{ waitForQuiet: 300 }, { hangUp: true }] },
  });
  expect(legs[0]?.timeline.find(({ kind }) => kind === 'say')).toMatchObject({ phraseId: 'high' });
  expect(record.timeline.filter(({ kind }) => kind === 'say')).toEqual([]);
  expect(record.timeline.some(({ kind }) => kind === 'bridged')).toBe(true);
});

test('the caller rings on until the bridge when asked to answer only then', async () => {
  const { record } = await dialling(`<Dial action="/dialled" answerOnBridge="true"><Number>${FIRST}</Number></Dial>`, {
    [FIRST]: { answerAfterMs: 1500, steps: [{ pauseMs: 200 }, { hangUp: true }] },
  });
  expect(record.answeredAtMs).toBeGreaterThanOrEqual(1500);
});

test('a joined call is cut by its time limit and recorded as asked', async () => {
  const dial = `<Dial action="/dialled" timeLimit="1" record="record-from-answer-dual" recordingStatusCallback="/recording">`;
  await dialling(`${dial}<Number>${FIRST}</Number></Dial>`, { [FIRST]: { answerAfterMs: 0 } });
  expect(outcome()).toMatchObject({ DialCallStatus: 'completed' });
  expect(outcome()?.RecordingUrl).toMatch(/RE[0-9a-f]{32}$/);
  const recording = lab.product.received.find(({ path }) => path === '/recording')?.form;
  expect(recording).toMatchObject({ RecordingSource: 'DialVerb', RecordingChannels: '2' });
});

const DESK = 'sip:desk@pbx.test';
test.each([
  [
    { outcome: 'rejected', answerAfterMs: 200 },
    { DialCallStatus: 'busy', DialSipResponseCode: '603' },
  ],
  [
    { outcome: 'busy', answerAfterMs: 200 },
    { DialCallStatus: 'busy', DialSipResponseCode: '486' },
  ],
  [
    { answerAfterMs: 200, steps: [{ hangUp: true }] },
    { DialCallStatus: 'completed', DialSipResponseCode: '200' },
  ],
])('a SIP address tells how it answered: %j', async (callee, told) => {
  const sip = `<Dial action="/dialled" callerId="desk-1"><Sip>${DESK};transport=tcp?x-call=7</Sip></Dial>`;
  await dialling(sip, { [encodeURIComponent(DESK)]: callee });
  expect(outcome()).toMatchObject(told);
  expect(outcome()?.DialSipCallId).toBeTruthy();
});

test('the leg of a number tells by a callback of its own that it was declined', async () => {
  const told = `statusCallback="/leg" statusCallbackMethod="POST"`;
  await dialling(`<Dial action="/dialled"><Number ${told}>${FIRST}</Number></Dial>`, {
    [FIRST]: { outcome: 'rejected', answerAfterMs: 200 },
  });
  expect(outcome()).toMatchObject({ DialCallStatus: 'busy' });
  expect(outcome()).not.toHaveProperty('DialSipResponseCode');
  const leg = lab.product.received.find(({ path }) => path === '/leg')?.form;
  expect(leg).toMatchObject({ CallStatus: 'busy', SipResponseCode: '603', Direction: 'outbound-dial' });
});

test.each([
  ['of another account or of nobody', '+420800000009', 'failed', [13_214]],
  ['of the account', '+420800000001', 'completed', []],
  ['of the caller', '+420777000111', 'completed', []],
])('a number %s is shown to a callee, or the leg fails: %s', async (_, callerId, status, alerts) => {
  const dial = `<Dial action="/dialled" callerId="${callerId}"><Number>${FIRST}</Number></Dial>`;
  const { record, legs } = await dialling(dial, { [FIRST]: { answerAfterMs: 0, steps: [{ hangUp: true }] } });
  expect(outcome()?.DialCallStatus).toBe(status);
  expect(legs.map((leg) => leg.status)).toEqual([status]);
  expect(record.alerts.map(({ code }) => code)).toEqual(alerts);
});

test('who was called may be shown to whom a call is passed on', async () => {
  await lab.control.send('PUT', `/callees/${FIRST}`, { answerAfterMs: 0 });
  await lab.control.send('PUT', `/callees/${SECOND}`, { answerAfterMs: 0, steps: [{ hangUp: true }] });
  const client = twilio(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
  client.api.baseUrl = lab.network.url;
  const twiml = `<Response><Dial callerId="${FIRST}"><Number>${SECOND}</Number></Dial></Response>`;
  const { sid } = await client.calls.create({ to: FIRST, from: '+420800000001', twiml });
  expect((await lab.control.wait(sid)).alerts).toEqual([]);
});

test.each([
  [`<Dial><Sip>${DESK}</Sip><Number>${FIRST}</Number></Dial>`, 12_200],
  ['<Dial><Sip>desk</Sip></Dial>', 13_224],
  [`<Dial callerId="desk"><Number>${FIRST}</Number></Dial>`, 13_214],
])('refuses to dial by a document that breaks the rules: %s', async (dial, code) => {
  const { record } = await dialling(dial, {});
  expect(record.alerts[0]).toMatchObject({ code });
});
