import { once } from 'node:events';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { AppError } from '../contracts/errors.ts';
import { type Admit, serveCarrierSocket } from './carrier-socket.ts';
import { createGatewayServer, type GatewayServer } from './server.ts';
import type { SessionCarrier } from './session/session-deps.ts';

const STREAM = `MZ${'a'.repeat(32)}`;
const logged: { msg: string; [field: string]: unknown }[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });

let server: GatewayServer;
let address: string;
let admit: Admit;
let atMs: number;
let stamps: number;
let heard: [string, ...unknown[]][];
let carrier: SessionCarrier;
let changed: () => void = () => {};

beforeAll(async () => {
  server = createGatewayServer({
    path: '/media',
    onStream: (stream) => serveCarrierSocket(stream, { admit: (...args) => admit(...args), nowMs: stamp, log }),
    isOpen: () => true,
    metrics: createMetrics(),
    readiness: createReadiness({}, createMetrics()),
    log,
  });
  address = `ws://127.0.0.1:${await server.listen('127.0.0.1', 0)}/media`;
});
afterAll(() => server.close());

beforeEach(() => {
  heard = [];
  atMs = 0;
  stamps = 0;
  logged.length = 0;
  admit = async (_start, _signature, given) => {
    carrier = given;
    return listener;
  };
});

/** Reads the clock, as it is read for each message that is for a call. */
const stamp = (): number => {
  stamps += 1;
  changed();
  return atMs;
};
const note = (...what: [string, ...unknown[]]): void => {
  heard.push(what);
  changed();
};
const listener = {
  media: (timestampMs: number, mulaw: Uint8Array, arrivedMs: number): void => {
    note('media', timestampMs, [...mulaw], arrivedMs);
  },
  mark: (name: string): void => note('mark', name),
  digit: (digit: string): void => note('digit', digit),
  callerGone: (): void => note('gone'),
  streamLost: (code: number): void => note('lost', code),
};

async function connect(headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(address, { headers });
  await once(socket, 'open');
  return socket;
}

async function untilHeard(count: number): Promise<void> {
  while (heard.length < count) await new Promise<void>((resolve) => (changed = resolve));
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close');
  return Number(code);
}

const start = {
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid: `AC${'b'.repeat(32)}`,
    streamSid: STREAM,
    callSid: `CA${'c'.repeat(32)}`,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: 'secret-token' },
  },
  streamSid: STREAM,
};

function media(timestamp: number, payload: Buffer, more: object = {}): string {
  const body = {
    track: 'inbound',
    chunk: '1',
    timestamp: String(timestamp),
    payload: payload.toString('base64'),
    ...more,
  };
  return JSON.stringify({ event: 'media', sequenceNumber: '2', media: body, streamSid: STREAM });
}

async function streaming(): Promise<WebSocket> {
  const socket = await connect();
  socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
  socket.send(JSON.stringify(start));
  socket.send(media(20, Buffer.of(1, 2)));
  await untilHeard(1);
  return socket;
}

describe('a stream', () => {
  it('is handed over message by message, what came during admission first and as of then', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    admit = async (message, signature, given) => {
      carrier = given;
      await gate;
      note('admitted', message.start.customParameters['token'], signature);
      return listener;
    };
    const socket = await connect({ 'x-twilio-signature': 'sig' });
    socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    socket.send(JSON.stringify(start));
    socket.send(media(20, Buffer.of(1, 2)));
    socket.send(media(40, Buffer.of(3), { extra: 'field' }));
    while (stamps < 2) await new Promise<void>((resolve) => (changed = resolve));
    atMs = 500;
    open();
    await untilHeard(3);
    socket.send(JSON.stringify({ event: 'mark', sequenceNumber: '4', streamSid: STREAM, mark: { name: '1.160' } }));
    socket.send(
      JSON.stringify({
        event: 'dtmf',
        streamSid: STREAM,
        sequenceNumber: '5',
        dtmf: { track: 'inbound_track', digit: '#' },
      }),
    );
    socket.send(JSON.stringify({ event: 'stop', sequenceNumber: '6', stop: {}, streamSid: STREAM }));
    socket.close();
    await untilHeard(6);
    expect(heard).toEqual([
      ['admitted', 'secret-token', 'sig'],
      ['media', 20, [1, 2], 0],
      ['media', 40, [3], 0],
      ['mark', '1.160'],
      ['digit', '#'],
      ['gone'],
    ]);
  });

  it('takes what is said to the carrier in the documented form', async () => {
    const socket = await streaming();
    const received: unknown[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
    carrier.play(Uint8Array.of(255), '1.1');
    carrier.clear();
    carrier.close();
    expect(await closeCode(socket)).toBe(1000);
    expect(received).toEqual([
      { event: 'media', streamSid: STREAM, media: { payload: '/w==' } },
      { event: 'mark', streamSid: STREAM, mark: { name: '1.1' } },
      { event: 'clear', streamSid: STREAM },
    ]);
    expect(heard).toHaveLength(1);
  });

  it('that dies is told once', async () => {
    const socket = await streaming();
    socket.terminate();
    await untilHeard(2);
    expect(heard.slice(1)).toEqual([['lost', 1006]]);
  });

  it('that ends during admission ends its session', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    admit = async () => {
      await gate;
      return listener;
    };
    const socket = await connect();
    socket.send(JSON.stringify(start));
    socket.send(JSON.stringify({ event: 'stop', sequenceNumber: '2', stop: {}, streamSid: STREAM }));
    socket.send('x');
    await new Promise((resolve) => socket.send('y', resolve));
    socket.close();
    await once(socket, 'close');
    open();
    await untilHeard(1);
    expect(heard).toEqual([['gone']]);
  });
});

describe('bad input', () => {
  it.each([
    ['a message that is no JSON', 'hello'],
    ['media before the start', media(20, Buffer.of(1))],
    ['a start without a format', JSON.stringify({ ...start, start: { ...start.start, mediaFormat: {} } })],
    [
      'a start of another codec',
      JSON.stringify({
        ...start,
        start: { ...start.start, mediaFormat: { encoding: 'audio/opus', sampleRate: 8000, channels: 1 } },
      }),
    ],
    ['a stream id that is none', JSON.stringify({ ...start, streamSid: 'MZ"},"x' })],
  ])('%s closes the socket before anything is done', async (_, message) => {
    admit = async () => {
      note('admitted');
      return listener;
    };
    const socket = await connect();
    socket.send(message);
    expect(await closeCode(socket)).toBe(1008);
    expect(heard).toEqual([]);
    expect(logged.map(({ msg }) => msg)).toEqual(['stream refused']);
    expect(JSON.stringify(logged)).not.toContain('hello');
  });

  it('refusal closes the socket and says why in the log alone', async () => {
    admit = () => Promise.reject(new AppError('stream-refused', 'token expired'));
    const socket = await connect();
    socket.send(JSON.stringify(start));
    expect(await closeCode(socket)).toBe(1008);
    expect(logged).toMatchObject([{ msg: 'stream refused', why: 'token expired' }]);
    expect(JSON.stringify(logged)).not.toContain('secret-token');
  });

  it('of every kind changes nothing in a stream that runs', async () => {
    const socket = await streaming();
    const other = STREAM.replace('a', 'd');
    for (const message of [
      'nonsense',
      '{"event":"media"}',
      media(60, Buffer.of(9)).replace(STREAM, other),
      media(60, Buffer.of(9), { track: 'outbound' }),
      media(60, Buffer.alloc(10_000)),
      media(60, Buffer.of(9), { timestamp: '-5' }),
      JSON.stringify({ event: 'mark', streamSid: other, mark: { name: 'x' } }),
      JSON.stringify({ event: 'dtmf', streamSid: STREAM, dtmf: { digit: '12' } }),
      JSON.stringify({ event: 'unknown', streamSid: STREAM }),
      JSON.stringify(start),
    ]) {
      socket.send(message);
    }
    socket.send(media(60, Buffer.of(7)));
    await untilHeard(2);
    expect(heard[1]).toEqual(['media', 60, [7], 0]);
    expect(logged.filter(({ msg }) => msg === 'unexpected message on a stream')).toHaveLength(1);
    socket.close();
    await untilHeard(3);
  });

  it('without end ends the stream', async () => {
    const socket = await streaming();
    for (let i = 0; i < 100; i++) socket.send('nonsense');
    expect(await closeCode(socket)).toBe(1008);
    expect(heard.slice(1)).toEqual([['lost', 1008]]);
  });

  it('in binary, or too large, ends its stream and no other', async () => {
    const untouched = await streaming();
    const binary = await connect();
    binary.send(JSON.stringify(start));
    binary.send(Buffer.of(1, 2, 3));
    const large = await connect();
    large.send('x'.repeat(70_000));
    expect(await Promise.all([closeCode(binary), closeCode(large)])).toEqual([1003, 1009]);
    heard.length = 0;
    untouched.send(media(80, Buffer.of(8)));
    await untilHeard(1);
    expect(heard).toEqual([['media', 80, [8], 0]]);
    untouched.close();
    await untilHeard(2);
  });

  it('on another path is not found', async () => {
    const socket = new WebSocket(address.replace('/media', '/other'));
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });
});
