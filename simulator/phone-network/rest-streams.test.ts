import twilio from 'twilio';
import { beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { signRequest } from './signature.ts';
import { useTestLab } from './test-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();
let client: ReturnType<typeof twilio>;

beforeEach(() => {
  client = twilio(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
  client.api.baseUrl = lab.network.url;
  lab.product.respond.set('/voice', () => CONNECT);
  lab.product.respond.set('/after', () => '<Hangup/>');
});

const CONNECT = '<Connect action="/after"><Stream url="wss://product.test/media"/></Connect>';
const FORK = { url: 'wss://product.test/fork', statusCallback: 'https://product.test/stream' };

interface Message {
  event: string;
  streamSid: string;
  sequenceNumber?: string;
  start?: { callSid: string; tracks: string[]; customParameters: Record<string, string> };
  media?: { track: string; chunk: string; timestamp: string; payload: string };
}

interface Peer {
  path: string;
  socket: WebSocket;
  signature: unknown;
  messages: Message[];
  /** The code with which the socket closed. */
  closed: Promise<number>;
}

/** Hands every message of every socket to the test and keeps what each socket got. */
function onMessage(handle: (message: Message, peer: Peer) => void): Peer[] {
  const peers: Peer[] = [];
  lab.product.onSocket = (socket, request) => {
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const signature = request.headers['x-twilio-signature'];
    const peer: Peer = { path: request.url ?? '', socket, signature, messages: [], closed };
    peers.push(peer);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      peer.messages.push(message);
      handle(message, peer);
    });
  };
  return peers;
}

const audioOf = (peer: Peer | undefined, track = 'inbound'): Buffer =>
  Buffer.concat(
    (peer?.messages ?? []).flatMap(({ media }) =>
      media?.track === track ? [Buffer.from(media.payload, 'base64')] : [],
    ),
  );
const kindsOf = (record: CallRecord): string[] => record.timeline.map(({ kind }) => kind);
const streamEvents = (): (string | undefined)[] =>
  lab.product.received.filter(({ path }) => path === '/stream').map(({ form }) => form.StreamEvent);

test('what the caller says between two bidirectional streams is on the unidirectional one, sample for sample', async () => {
  let callSid = '';
  const peers = onMessage(({ event, start }, { path, socket }) => {
    if (event !== 'start') return;
    callSid = start?.callSid ?? '';
    if (path === '/fork') return peers[0]?.socket.close();
    if (peers.length === 1) void client.calls(callSid).streams.create(FORK);
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
  const peers = onMessage(({ start, media }, { path, messages }) => {
    const call = client.calls(messages.find((one) => one.start)?.start?.callSid ?? '');
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
  expect(streamEvents()).toEqual(['stream-started', 'stream-stopped']);
  const { form } = lab.product.received.find(({ path }) => path === '/stream') ?? {};
  expect(form).toMatchObject({ CallSid: record.callSid, StreamName: 'my fork' });
  const kinds = kindsOf(record);
  expect(kinds.indexOf('fork-stopped')).toBeLessThan(kinds.indexOf('stream-stopped'));
});

test('a stream ends with its call', async () => {
  const peers = onMessage(({ start }, { path }) => {
    if (path === '/fork') return peers[0]?.socket.close();
    if (start) void client.calls(start.callSid).streams.create(FORK);
  });
  await lab.control.wait(await lab.control.call({}));
  expect(peers[1]?.messages.at(-1)).toMatchObject({ event: 'stop' });
  expect(await peers[1]?.closed).toBe(1000);
  expect(streamEvents()).toEqual(['stream-started', 'stream-stopped']);
});
