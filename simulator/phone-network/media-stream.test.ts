import type { Duplex } from 'node:stream';
import twilio from 'twilio';
import { beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { useTestLab } from './test-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();

beforeEach(() => {
  lab.product.respond.set('/voice', () => CONNECT);
  lab.product.respond.set('/after', () => '<Hangup/>');
});

const CONNECT =
  '<Connect action="/after"><Stream url="wss://product.test/media" name="agent" statusCallback="/stream"/></Connect>';

interface Message {
  event: string;
  streamSid: string;
  sequenceNumber?: string;
  start?: { callSid: string };
  media?: { chunk: string; timestamp: string };
  mark?: { name: string };
  dtmf?: unknown;
  stop?: unknown;
}

/** Handles every message of every socket and keeps them. */
function onMessage(handle: (message: Message, socket: WebSocket, send: (body: object) => void) => void): Message[] {
  const messages: Message[] = [];
  lab.product.onSocket = (socket) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      messages.push(message);
      handle(message, socket, (body) => socket.send(JSON.stringify({ streamSid: message.streamSid, ...body })));
    });
  };
  return messages;
}

const speech = (ms: number): string => Buffer.alloc(ms * 8, 0x10).toString('base64');
/** The code with which the server sees the first of its sockets close. */
function firstClose(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const handle = lab.product.onSocket;
  lab.product.onSocket = (socket, request) => {
    socket.once('close', resolve);
    handle(socket, request);
  };
  return promise;
}

const streamEvents = (): (string | undefined)[] =>
  lab.product.received.filter((request) => request.path === '/stream').map(({ form }) => form.StreamEvent);

async function finished(body: Record<string, unknown>): Promise<CallRecord> {
  return await lab.control.wait(await lab.control.call(body));
}

test('when the caller hangs up the server gets stop, then the close', async () => {
  const messages = onMessage((message, _, send) => {
    if (message.event === 'start') send({ event: 'media', media: { payload: speech(500) } });
  });
  const closed = firstClose();
  const record = await finished({ steps: [{ waitForSpeech: true }, { dtmf: '5' }, { hangUp: true }] });
  expect(messages.at(-1)).toMatchObject({
    event: 'stop',
    stop: { accountSid: TEST_ACCOUNT.sid, callSid: record.callSid },
  });
  expect(messages.find(({ event }) => event === 'dtmf')).toMatchObject({
    dtmf: { track: 'inbound_track', digit: '5' },
  });
  const numbers = messages.slice(1).map((message) => Number(message.sequenceNumber));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(await closed).toBe(1000);
  expect(streamEvents()).toEqual(['stream-started', 'stream-stopped']);
  expect(record.webhooks.map(({ purpose }) => purpose)).not.toContain('connect-action');
});

test('a redirect by REST ends the stream with stop and runs the new document', async () => {
  const client = twilio(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
  client.api.baseUrl = lab.network.url;
  const messages = onMessage(({ start }) => {
    if (start) void client.calls(start.callSid).update({ twiml: '<Response><Say>A high tone.</Say></Response>' });
  });
  const record = await finished({ steps: [] });
  expect(messages.at(-1)?.event).toBe('stop');
  const kinds = record.timeline.map(({ kind }) => kind);
  expect(kinds.indexOf('stream-stopped')).toBeLessThan(kinds.indexOf('say'));
  expect(record.heard.map(({ startMs, endMs }) => endMs - startMs)).toEqual([800]);
});

test('clear stops what is playing and echoes the pending marks', async () => {
  const messages = onMessage((message, socket, send) => {
    if (message.event === 'start') {
      send({ event: 'media', media: { payload: speech(1000) } });
      send({ event: 'mark', mark: { name: 'middle' } });
      send({ event: 'media', media: { payload: speech(60_000) } });
      send({ event: 'mark', mark: { name: 'end' } });
    }
    if (message.mark?.name === 'middle') send({ event: 'clear' });
    if (message.mark?.name === 'end') socket.close();
  });
  const record = await finished({ steps: [] });
  expect(messages.filter(({ event }) => event === 'mark').map(({ mark }) => mark?.name)).toEqual(['middle', 'end']);
  const heardMs = (record.heard[0]?.endMs ?? 0) - (record.heard[0]?.startMs ?? 0);
  const droppedMs = Number(record.timeline.find(({ kind }) => kind === 'clear')?.droppedMs);
  expect(heardMs).toBeGreaterThanOrEqual(1000);
  expect(droppedMs).toBeGreaterThan(0);
  expect(heardMs + droppedMs).toBe(61_000);
  expect(record.webhooks.map(({ purpose }) => purpose)).toContain('connect-action');
});

test('what the server sends wrongly is alerted once and listed each time', async () => {
  onMessage((message, socket, send) => {
    if (message.event === 'start') {
      send({ event: 'mark', mark: { name: 'x' }, extra: 1 });
      send({ event: 'hello' });
      socket.send(Buffer.from([1, 2, 3]));
      send({ event: 'media', media: { payload: Buffer.from('RIFFxxxxWAVE').toString('base64') } });
      send({ event: 'media', media: { payload: Buffer.alloc(10 * 60 * 8000 + 8).toString('base64') } });
    }
    if (message.media?.chunk === '10') socket.close();
  });
  const record = await finished({ steps: [] });
  expect(record.violations.map(({ code }) => code)).toEqual([31_951, 31_951, 31_950, null, 31_931]);
  expect(record.alerts.map(({ code }) => code)).toEqual([31_951, 31_950, 31_931]);
});

test.each([
  ['ws://product.test/media', 31_922],
  ['wss://product.test/media?token=1', 31_920],
  ['wss://nowhere.test/media', 31_901],
  ['wss://refused.test/media', 31_902],
  ['wss:///', 31_923],
])('a stream to %s fails by %d and the call goes on', async (url, code) => {
  lab.network.network.names.set('refused.test', '127.0.0.1:1');
  lab.product.respond.set('/voice', () => CONNECT.replace('wss://product.test/media', url));
  const record = await finished({ steps: [] });
  expect(record.alerts.map((alert) => alert.code)).toEqual([code]);
  expect(streamEvents()).toEqual(['stream-error']);
  expect(record.webhooks.map(({ purpose }) => purpose)).toContain('connect-action');
});

test('a handshake that is answered otherwise than 101 is 31920', async () => {
  lab.network.network.names.set('plain.test', lab.network.url.slice('http://'.length));
  lab.product.respond.set('/voice', () => CONNECT.replace('product.test/media', 'plain.test/healthz'));
  const record = await finished({ steps: [] });
  expect(record.alerts.map(({ code }) => code)).toEqual([31_920]);
});

test('a socket that breaks is 31921, and the call asks for its next document', async () => {
  onMessage((message, socket) => {
    if (message.media?.chunk === '10') socket.terminate();
  });
  const record = await finished({ steps: [] });
  expect(record.alerts.map(({ code }) => code)).toEqual([31_921]);
  expect(streamEvents()).toEqual(['stream-started', 'stream-error', 'stream-stopped']);
  expect(record.webhooks.map(({ purpose }) => purpose)).toContain('connect-action');
});

test('bytes that are no WebSocket frame are 31924 and end the stream', async () => {
  let raw: Duplex | undefined;
  const messages = onMessage((message) => {
    if (message.event === 'start') raw?.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  });
  const answerSocket = lab.product.onSocket;
  lab.product.onSocket = (socket, request) => {
    raw = request.socket;
    answerSocket(socket, request);
  };
  const record = await finished({ steps: [] });
  expect(messages[0]?.event).toBe('connected');
  expect(record.alerts.map(({ code }) => code)).toContain(31_924);
  expect(record.webhooks.map(({ purpose }) => purpose)).toContain('connect-action');
});

test('trap: frames are lost while timestamps go on', async () => {
  const messages = onMessage((message, socket) => {
    if (Number(message.media?.timestamp) > 5500) socket.close();
  });
  await finished({ steps: [], switches: ['media-frames-dropped'] });
  const stamps = messages.flatMap(({ media }) => (media ? [Number(media.timestamp)] : []));
  const jumps = stamps.slice(1).map((stamp, index) => stamp - (stamps[index] ?? 0));
  expect([...new Set(jumps)].toSorted((a, b) => a - b)).toEqual([20, 520]);
});

test('trap: frames are held and come together, none lost and all in order', async () => {
  const messages = onMessage((message, socket) => {
    if (message.media?.chunk === '60') socket.close();
  });
  await finished({ steps: [], switches: ['media-jitter'] });
  const stamps = messages.flatMap(({ media }) => (media ? [Number(media.timestamp)] : []));
  expect(stamps.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, n) => 140 + n * 20));
});

test('trap: a second socket comes with the same parameters, and how it ended is noted', async () => {
  const sockets: WebSocket[] = [];
  const messages = onMessage((message, socket) => {
    if (message.event !== 'start' || sockets.push(socket) < 2) return;
    socket.once('close', () => sockets[0]?.close());
    socket.close(1008);
  });
  const record = await finished({ steps: [], switches: ['second-media-socket'] });
  expect(messages.filter(({ event }) => event === 'start')).toHaveLength(2);
  expect(record.timeline.find(({ kind }) => kind === 'second-socket-closed')).toMatchObject({ code: 1008 });
  expect(record.status).toBe('completed');
});

test('trap: the socket dies without a close frame', async () => {
  const closed = firstClose();
  const record = await finished({ steps: [], switches: ['media-socket-dies'] });
  expect(await closed).toBe(1006);
  expect(record.alerts.map(({ code }) => code)).toEqual([31_921]);
});

test('trap: marks come back late', async () => {
  onMessage((message, socket, send) => {
    if (message.event === 'start') send({ event: 'mark', mark: { name: 'now' } });
    if (message.event === 'mark') socket.close();
  });
  const record = await finished({ steps: [], switches: ['mark-echo-late'] });
  const at = (name: string): number => record.timeline.find(({ kind }) => kind === name)?.atMs ?? 0;
  expect(at('stream-stopped') - at('stream-started')).toBeGreaterThanOrEqual(400);
});

test('live events: digits pressed, frames dropped, socket killed', async () => {
  let callSid = '';
  let digits = 0;
  const stamps: number[] = [];
  const jumps = (): number[] => stamps.slice(1).map((stamp, index) => stamp - (stamps[index] ?? 0));
  const inject = (event: object): void => void lab.control.send('POST', `/calls/${callSid}/events`, event);
  // Each is asked for when the one before it has been seen.
  onMessage(({ start, dtmf, media }) => {
    if (start) callSid = start.callSid;
    if (dtmf && ++digits === 2) inject({ type: 'drop-frames', count: 10 });
    if (!media) return;
    if (stamps.push(Number(media.timestamp)) === 1) inject({ type: 'dtmf', digits: '42' });
    if (jumps().at(-1) === 220) inject({ type: 'kill-stream-socket' });
  });
  const record = await finished({ steps: [] });
  expect(digits).toBe(2);
  expect(jumps().filter((ms) => ms !== 20)).toEqual([220]);
  expect(record.alerts.map(({ code }) => code)).toEqual([31_921]);
});
