import { expect, test } from 'vitest';
import { useTestLab } from './test-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();

const callWith: typeof lab.callWith = (answers, body) => lab.callWith(answers, body);
const purposes = (record: CallRecord): string[] => record.webhooks.map((webhook) => webhook.purpose);
const formAt = (path: string) => lab.product.received.find((request) => request.path === path)?.form;

test('gathered digits go to the action, the finishing key left out', async () => {
  const record = await callWith(
    { '/voice': '<Gather action="/menu" numDigits="5"><Say>A high tone.</Say></Gather>', '/menu': '<Hangup/>' },
    { steps: [{ waitForSpeech: true }, { dtmf: '12#' }, { waitForHangUp: true }] },
  );
  expect(formAt('/menu')).toMatchObject({ Digits: '12', CallStatus: 'in-progress' });
  expect(record.timeline.find((event) => event.kind === 'say')).toMatchObject({ cutShort: true });
  expect(record.faults).toEqual([]);
});

test('without input a gather falls through, or tells its action when asked to', async () => {
  const gather = '<Gather action="/menu" timeout="1"/><Redirect>/after</Redirect>';
  const record = await callWith({
    '/voice': gather,
    '/after': '<Gather action="/menu" timeout="1" actionOnEmptyResult="true"/>',
    '/menu': '',
  });
  expect(purposes(record)).toEqual(['voice', 'redirect', 'gather-action', 'status:completed']);
  expect(formAt('/menu')?.Digits).toBeUndefined();
});

test('speech is told in words after the person has spoken', async () => {
  await callWith(
    { '/voice': '<Gather action="/heard" input="speech" speechTimeout="auto" language="en-US"/>', '/heard': '' },
    { steps: [{ say: 'low' }] },
  );
  expect(formAt('/heard')).toMatchObject({ SpeechResult: 'A low tone.', Confidence: '0.92' });
});

test('a recording ends with a key, is told, and can be fetched', async () => {
  const record = await callWith(
    { '/voice': '<Record action="/recorded" recordingStatusCallback="/recording" playBeep="false"/>', '/recorded': '' },
    { steps: [{ say: 'low' }, { dtmf: '#' }] },
  );
  const recorded = formAt('/recorded');
  expect(recorded).toMatchObject({ Digits: '#' });
  expect(formAt('/recording')).toMatchObject({ RecordingStatus: 'completed', RecordingSource: 'RecordVerb' });
  const { accountSid } = record as CallRecord & { accountSid: string };
  const authorization = `Basic ${Buffer.from(`${accountSid}:token-of-the-test-account`).toString('base64')}`;
  const media = await fetch(`${recorded?.RecordingUrl}.wav`, { headers: { authorization } });
  expect(Buffer.from(await media.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF');
  expect((await fetch(`${recorded?.RecordingUrl}.wav`)).status).toBe(401);
});

test('a recording without sound leads to the next verb, and is absent', async () => {
  const record = await callWith(
    {
      '/voice':
        '<Record action="/recorded" timeout="1" recordingStatusCallback="/recording" recordingStatusCallbackEvent="completed absent"/><Say>A high tone.</Say>',
    },
    { steps: [] },
  );
  expect(formAt('/recorded')).toBeUndefined();
  expect(formAt('/recording')).toMatchObject({ RecordingStatus: 'absent' });
  expect(record.timeline.filter((event) => event.kind === 'say')).toHaveLength(1);
});

test('the sound of a recording cannot be fetched before it is ready', async () => {
  const auth = `Basic ${Buffer.from(`${TEST_ACCOUNT.sid}:${TEST_ACCOUNT.authToken}`).toString('base64')}`;
  const asked: Promise<Response>[] = [];
  lab.product.respond.set('/recorded', ({ form }) => {
    asked.push(fetch(`${form.RecordingUrl}.wav`, { headers: { authorization: auth } }));
    return '';
  });
  lab.product.respond.set('/voice', () => '<Record action="/recorded" playBeep="false"/>');
  await lab.control.wait(await lab.control.call({ steps: [{ say: 'low' }, { dtmf: '#' }] }));
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404]);
});

test('a person who hangs up while being recorded is told to the action', async () => {
  const record = await callWith(
    { '/voice': '<Record action="/recorded"/>', '/recorded': '<Say>never heard</Say>' },
    { steps: [{ pauseMs: 1000 }, { say: 'low' }, { hangUp: true }] },
  );
  expect(formAt('/recorded')).toMatchObject({ Digits: 'hangup', CallStatus: 'completed' });
  expect(record.timeline.filter((event) => event.kind === 'say')).toEqual([]);
});

test.each([
  ['<Reject/>', 'failed'],
  ['<Reject reason="busy"/>', 'busy'],
])('%s ends an unanswered call as %s', async (twiml, status) => {
  const record = await callWith({ '/voice': twiml });
  expect(record.status).toBe(status);
  expect(record.answeredAtMs).toBeUndefined();
});

test('a pause as first verb does not answer', async () => {
  const record = await callWith({ '/voice': '<Pause length="2"/><Say>A high tone.</Say>' });
  expect(record.answeredAtMs).toBeGreaterThanOrEqual(2000);
});

test('a document that cannot be used leads to the fallback, with the reason', async () => {
  const record = await callWith({ '/voice': '<Sing/>', '/fallback': '<Say>A high tone.</Say>' });
  expect(formAt('/fallback')).toMatchObject({ ErrorCode: '12200', ErrorUrl: 'https://product.test/voice' });
  expect(record.alerts.map((alert) => alert.code)).toEqual([12_200]);
  expect(record.heard).toHaveLength(1);
});

test('when the fallback fails as well the caller hears of an application error', async () => {
  lab.product.respond.set('/voice', () => ({ status: 500 }));
  lab.product.respond.set('/fallback', () => ({ status: 200, body: 'x', contentType: 'application/json' }));
  const record = await lab.control.wait(await lab.control.call({}));
  expect(record.alerts.map((alert) => alert.code)).toEqual([11_200, 12_300]);
  expect(record.timeline.map((event) => event.kind)).toContain('application-error');
  expect(record.status).toBe('completed');
});

test('a dialled person is bridged: each hears the other', async () => {
  await lab.control.send('PUT', '/callees/+420111222333', {
    answerAfterMs: 500,
    steps: [{ waitForSpeech: true }, { say: 'high' }, { hangUp: true }],
  });
  const dial =
    '<Dial action="/dialled" callerId="+420800000001"><Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">+420 111 222 333</Number></Dial>';
  const record = await callWith(
    { '/voice': dial, '/dialled': '' },
    { steps: [{ pauseMs: 2000 }, { say: 'low' }, { waitForHangUp: true, timeoutMs: 60_000 }] },
  );
  expect(formAt('/dialled')).toMatchObject({
    DialCallStatus: 'completed',
    DialBridged: 'true',
    DialCallSid: record.childSids[0],
  });
  const child = await lab.control.record(record.childSids[0] ?? '');
  expect(child.heard.map(({ startMs, endMs }) => endMs - startMs)).toEqual([400]);
  expect(record.heard.at(-1)).toSatisfy(
    ({ startMs, endMs }: { startMs: number; endMs: number }) => endMs - startMs >= 780,
  );
  const legEvents = lab.product.received
    .filter((request) => request.path === '/leg')
    .map(({ form }) => form.CallStatus);
  expect(legEvents).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
});

test.each([
  [{ outcome: 'busy' }, 'busy'],
  [{ outcome: 'no-answer' }, 'no-answer'],
  [{ outcome: 'failed' }, 'failed'],
  [undefined, 'failed'],
])('a callee with %j gives %s', async (callee, status) => {
  if (callee) await lab.control.send('PUT', '/callees/+420111222333', { answerAfterMs: 100, ...callee });
  await callWith({
    '/voice': '<Dial action="/dialled" timeout="2">+420111222333</Dial>'
      .replace('+420', '<Number>+420')
      .replace('</Dial>', '</Number></Dial>'),
    '/dialled': '',
  });
  expect(formAt('/dialled')).toMatchObject({ DialCallStatus: status, DialBridged: 'false' });
});

test('a caller who hangs up while it rings withdraws the call', async () => {
  await lab.control.send('PUT', '/callees/+420111222333', { answerAfterMs: 20_000 });
  const record = await callWith(
    { '/voice': '<Say>x</Say><Dial><Number>+420111222333</Number></Dial>' },
    { steps: [{ pauseMs: 2000 }, { hangUp: true }] },
  );
  expect((await lab.control.record(record.childSids[0] ?? '')).status).toBe('canceled');
});

test('a call that is recorded from its start keeps both parties in two channels', async () => {
  const start =
    '<Start><Recording channels="dual" recordingStatusCallback="/recording"/></Start><Say>A high tone.</Say>';
  await callWith({ '/voice': start });
  expect(formAt('/recording')).toMatchObject({ RecordingChannels: '2', RecordingStatus: 'completed' });
});

test('a script that waits in vain is a fault on the record', async () => {
  const waiting = await callWith(
    { '/voice': '<Say>A high tone.</Say><Pause length="60"/>' },
    { steps: [{ waitForQuiet: 100 }, { waitForSpeech: true, timeoutMs: 1000 }] },
  );
  expect(waiting.faults).toHaveLength(1);
  expect(waiting.status).toBe('completed');
});
