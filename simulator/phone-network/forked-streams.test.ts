import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { listenOnLoopback } from '../loopback-server.ts';
import { signRequest } from './signature.ts';
import { CONNECT, FORK, type StreamPeer, type Streams, useForkLab } from './test-fork-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

const lab = useForkLab();

const audioOf = (peer: StreamPeer | undefined, track = 'inbound'): Buffer =>
  Buffer.concat(
    (peer?.messages ?? []).flatMap(({ media }) =>
      media?.track === track ? [Buffer.from(media.payload, 'base64')] : [],
    ),
  );
const kindsOf = (record: CallRecord): string[] => record.timeline.map(({ kind }) => kind);

test('what the caller says between two bidirectional streams is on the unidirectional one, sample for sample', async () => {
  let callSid = '';
  const peers = lab.onMessage(({ event, start }, { path, socket }) => {
    if (event !== 'start') return;
    callSid = start?.callSid ?? '';
    if (path === '/fork') return peers[0]?.socket.close();
    if (peers.length === 1) void lab.client.calls(callSid).streams.create(FORK);
    else socket.close();
  });
  let asked = 0;
  lab.product.respond.set('/after', () => {
    asked += 1;
    if (asked === 2) return '<Hangup/>';
    void lab.control.send('POST', `/calls/${callSid}/events`, { type: 'say', phraseId: 'high' });
    return `<Pause length="10"/>${CONNECT}`;
  });
  const record = await lab.control.wait(await lab.control.call({}));

  expect(peers.map(({ path }) => path)).toEqual(['/media', '/fork', '/media']);
  const at = record.timeline.filter(({ kind }) => kind.startsWith('stream-')).map(({ atMs }) => atMs);
  expect(record.said[0]?.startMs).toBeGreaterThan(at[1] ?? Infinity);
  expect(record.said[0]?.endMs).toBeLessThan(at[2] ?? 0);
  const [said] = lab.network.network.calls.get(callSid)?.line.said.segments() ?? [];
  expect(said?.mulaw.length).toBe(6400);
  expect(audioOf(peers[1]).includes(Buffer.from(said?.mulaw ?? []))).toBe(true);
  expect(kindsOf(record).filter((kind) => kind.startsWith('fork-'))).toEqual(['fork-started', 'fork-stopped']);
});

test('a stream is signed, starts with its parameters and ends by REST while the call goes on', async () => {
  const peers = lab.onMessage(({ start, media }, { path, messages }) => {
    const call = lab.client.calls(messages.find((one) => one.start)?.start?.callSid ?? '');
    if (start && path === '/media') {
      const parameters = { 'parameter1.name': 'token', 'parameter1.value': 'secret' };
      void call.streams.create({ ...FORK, name: 'my fork', track: 'both_tracks', ...parameters });
    }
    if (path === '/fork' && media?.chunk === '20') void call.streams('my fork').update({ status: 'stopped' });
  });
  lab.product.respond.set('/stream', ({ form }) => {
    if (form.StreamEvent === 'stream-stopped') peers[0]?.socket.close();
    return '';
  });
  const record = await lab.control.wait(await lab.control.call({}));

  const fork = peers[1];
  expect(fork?.signature).toBe(signRequest(TEST_ACCOUNT.authToken, FORK.url));
  expect(fork?.messages.map(({ event }) => event).filter((event) => event !== 'media')).toEqual([
    'connected',
    'start',
    'stop',
  ]);
  expect(fork?.messages[1]?.start).toMatchObject({
    tracks: ['inbound', 'outbound'],
    customParameters: { token: 'secret' },
  });
  const media = fork?.messages.flatMap((message) => (message.media ? [message.media] : [])) ?? [];
  expect(media.map(({ chunk }) => Number(chunk))).toEqual(media.map((_, index) => index + 1));
  expect(new Set(media.map(({ track }) => track))).toEqual(new Set(['inbound', 'outbound']));
  expect(await fork?.closed).toBe(1000);
  expect(lab.streamEvents()).toEqual(['stream-started', 'stream-stopped']);
  const { form } = lab.product.received.find(({ path }) => path === '/stream') ?? {};
  expect(form).toMatchObject({ CallSid: record.callSid, StreamName: 'my fork' });
  const kinds = kindsOf(record);
  expect(kinds.indexOf('fork-stopped')).toBeLessThan(kinds.indexOf('stream-stopped'));
});

test('a stream ends with its call', async () => {
  const peers = lab.onMessage(({ start }, { path }) => {
    if (path === '/fork') return peers[0]?.socket.close();
    if (start) void lab.client.calls(start.callSid).streams.create(FORK);
  });
  await lab.control.wait(await lab.control.call({}));
  expect(peers[1]?.messages.at(-1)).toMatchObject({ event: 'stop' });
  expect(await peers[1]?.closed).toBe(1000);
  expect(lab.streamEvents()).toEqual(['stream-started', 'stream-stopped']);
});

test('the other track has what is played to the caller, sample for sample', async () => {
  const peers = lab.onMessage(({ event, streamSid }, { path }) => {
    if (path !== '/fork' || event !== 'start') return;
    const payload = Buffer.alloc(1600, 0x10).toString('base64');
    const [media] = peers;
    const mediaSid = media?.messages.find(({ start }) => start)?.streamSid;
    expect(mediaSid).not.toBe(streamSid);
    media?.socket.send(JSON.stringify({ event: 'media', streamSid: mediaSid, media: { payload } }));
    media?.socket.send(JSON.stringify({ event: 'mark', streamSid: mediaSid, mark: { name: 'played' } }));
  });
  await lab.onStreamedCall(async (streams) => {
    await streams.create({ ...FORK, track: 'outbound_track' });
    await new Promise<void>((resolve) => {
      peers[0]?.socket.on('message', (data: Buffer) => {
        if (data.includes('"played"')) resolve();
      });
    });
  });
  const fork = peers[1];
  expect(fork?.messages[1]?.start?.tracks).toEqual(['outbound']);
  expect(audioOf(fork, 'outbound').includes(Buffer.alloc(1600, 0x10))).toBe(true);
  expect(audioOf(fork, 'inbound')).toHaveLength(0);
});

test('digits and what the server says have no place on it', async () => {
  const peers = lab.onMessage(({ start, streamSid, media }, { path, socket }) => {
    if (path !== '/fork') return;
    if (start) {
      socket.send(JSON.stringify({ event: 'clear', streamSid }));
      socket.send(JSON.stringify({ event: 'mark', streamSid, mark: { name: 'x' } }));
      void lab.control.send('POST', `/calls/${start.callSid}/events`, { type: 'dtmf', digits: '5' });
    }
    if (media && peers[0]?.messages.some(({ event }) => event === 'dtmf')) socket.close();
  });
  const record = await lab.onStreamedCall(async (streams) => {
    const stopped = lab.told('stream-stopped');
    await streams.create(FORK);
    await stopped;
  });
  expect(new Set(peers[1]?.messages.map(({ event }) => event))).toEqual(new Set(['connected', 'start', 'media']));
  expect(record.alerts.map(({ code }) => code)).toEqual([31_924]);
});

test('when its server closes, the stream is over and the call goes on', async () => {
  lab.onMessage(({ media }, { path, socket }) => {
    if (path === '/fork' && media?.chunk === '5') socket.close();
  });
  const record = await lab.onStreamedCall(async (streams) => {
    const stopped = lab.told('stream-stopped');
    const { sid } = await streams.create(FORK);
    await stopped;
    await expect(streams(sid).update({ status: 'stopped' })).rejects.toMatchObject({ status: 404 });
  });
  expect(lab.streamEvents()).toEqual(['stream-started', 'stream-stopped']);
  expect(record.alerts).toEqual([]);
  expect(record.webhooks.map(({ purpose }) => purpose)).toContain('connect-action');
});

test.each([
  ['wss://nowhere.test/fork', 31_901],
  ['wss://refused.test/fork', 31_902],
])('a stream to %s is made, and fails by %d', async (url, code) => {
  lab.network.network.names.set('refused.test', '127.0.0.1:1');
  const record = await lab.onStreamedCall(async (streams) => {
    const failed = lab.told('stream-error');
    expect(await streams.create({ ...FORK, url })).toMatchObject({ status: 'in-progress' });
    await failed;
  });
  expect(record.alerts.map((alert) => alert.code)).toEqual([code]);
  expect(lab.streamEvents()).toEqual(['stream-error']);
});

test.each([
  ['by REST', async (streams: Streams, sid: string) => void (await streams(sid).update({ status: 'stopped' }))],
  ['with its call', async () => {}],
])('a stream that ends %s before it is open is no fault', async (_, end) => {
  const silent = net.createServer();
  const dialled = once(silent, 'connection');
  const { port } = new URL(await listenOnLoopback(silent, 0));
  lab.network.network.names.set('silent.test', `127.0.0.1:${port}`);
  const record = await lab.onStreamedCall(async (streams) => {
    const { sid } = await streams.create({ ...FORK, url: 'wss://silent.test/fork' });
    await dialled;
    await end(streams, sid);
  });
  silent.close();
  expect(record.alerts).toEqual([]);
  expect(lab.streamEvents()).toEqual([]);
  expect(kindsOf(record)).toContain('fork-abandoned');
});

test('trap: a stream is said to be in progress and its socket never comes', async () => {
  const peers = lab.onMessage(() => {});
  const record = await lab.onStreamedCall(
    async (streams) => {
      const failed = lab.told('stream-error');
      expect(await streams.create(FORK)).toMatchObject({ status: 'in-progress' });
      await failed;
    },
    ['fork-never-connects'],
  );
  expect(peers).toHaveLength(1);
  expect(record.alerts.map(({ code }) => code)).toEqual([31_901]);
});

test('trap: the socket of a stream by REST dies, and the bidirectional one lives', async () => {
  const peers = lab.onMessage(() => {});
  const record = await lab.onStreamedCall(
    async (streams) => {
      const stopped = lab.told('stream-stopped');
      await streams.create(FORK);
      await stopped;
    },
    ['fork-socket-dies'],
  );
  expect(await peers[1]?.closed).toBe(1006);
  expect(lab.streamEvents()).toEqual(['stream-started', 'stream-error', 'stream-stopped']);
  expect(record.alerts.map(({ code }) => code)).toEqual([31_921]);
  expect(record.timeline.find(({ kind }) => kind === 'stream-stopped')).toMatchObject({ code: 1005 });
});
