import twilio from 'twilio';
import { expect, test } from 'vitest';
import { useTestLab } from './test-lab.ts';
import { TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();

test('an inbound call asks the voice webhook, signed as the real library expects', async () => {
  lab.product.respond.set('/voice', () => '<Say voice="alice">A high tone.</Say>');

  const record = await lab.control.wait(await lab.control.call({ steps: [] }));

  expect(record.faults).toEqual([]);
  expect(record.status).toBe('completed');
  const [voice] = lab.product.received;
  expect(voice?.headers.host).toBe('product.test');
  expect(voice?.headers['x-forwarded-proto']).toBe('https');
  const signature = String(voice?.headers['x-twilio-signature']);
  const valid = twilio.validateRequest(
    TEST_ACCOUNT.authToken,
    signature,
    'https://product.test/voice',
    voice?.form ?? {},
  );
  expect(valid).toBe(true);
  expect(voice?.form).toMatchObject({ CallStatus: 'ringing', Direction: 'inbound', From: '+420777000111' });
  const say = record.timeline.find((event) => event.kind === 'say');
  expect(say).toMatchObject({ text: 'A high tone.', phraseId: 'high' });
  expect(record.heard).toHaveLength(1);
  expect((record.heard[0]?.endMs ?? 0) - (record.heard[0]?.startMs ?? 0)).toBe(800);
  const status = lab.product.received.find((request) => request.path === '/status');
  expect(status?.form).toMatchObject({
    CallStatus: 'completed',
    SequenceNumber: '0',
    CallbackSource: 'call-progress-events',
  });
});

test('a stream carries the caller and plays what the server sends, marks included', async () => {
  lab.product.respond.set(
    '/voice',
    () =>
      '<Connect action="/after"><Stream url="wss://product.test/media" statusCallback="/stream">' +
      '<Parameter name="token" value="abc"/></Stream></Connect>',
  );
  lab.product.respond.set('/after', () => '<Hangup/>');
  const frames: { event: string; [key: string]: unknown }[] = [];
  let signature: unknown;
  lab.product.onSocket = (socket, request) => {
    signature = request.headers['x-twilio-signature'];
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { event: string; streamSid: string };
      frames.push(message);
      if (message.event === 'start') {
        const payload = Buffer.alloc(1600, 0x10).toString('base64');
        socket.send(JSON.stringify({ event: 'media', streamSid: message.streamSid, media: { payload } }));
        socket.send(JSON.stringify({ event: 'mark', streamSid: message.streamSid, mark: { name: 'spoken' } }));
      }
      if (message.event === 'mark') socket.close(1000);
    });
  };

  const record = await lab.control.wait(await lab.control.call({ steps: [{ say: 'low' }, { waitForHangUp: true }] }));

  expect(record.faults).toEqual([]);
  expect(record.alerts).toEqual([]);
  expect(twilio.validateRequest(TEST_ACCOUNT.authToken, String(signature), 'wss://product.test/media', {})).toBe(true);
  expect(frames.slice(0, 2).map((frame) => frame.event)).toEqual(['connected', 'start']);
  expect(frames[1]).toMatchObject({
    sequenceNumber: '1',
    start: { customParameters: { token: 'abc' }, callSid: record.callSid },
  });
  const media = frames.filter((frame) => frame.event === 'media');
  expect(media.length).toBeGreaterThan(9);
  expect(media[0]).toMatchObject({ media: { chunk: '1', timestamp: '140', track: 'inbound' } });
  const heard = record.heard.map(({ startMs, endMs }) => endMs - startMs);
  expect(heard).toEqual([200]);
  expect(record.webhooks.map((webhook) => webhook.purpose)).toEqual(
    expect.arrayContaining(['voice', 'stream-started', 'stream-stopped', 'connect-action', 'status:completed']),
  );
});
