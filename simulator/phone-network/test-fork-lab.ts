import twilio from 'twilio';
import { beforeEach } from 'vitest';
import type { WebSocket } from 'ws';
import { type TestLab, useTestLab } from './test-lab.ts';
import { type CallRecord, TEST_ACCOUNT } from './test-product.ts';

/** The bidirectional stream that each call of a fork lab is put in. */
export const CONNECT = '<Connect action="/after"><Stream url="wss://product.test/media"/></Connect>';
export const FORK = { url: 'wss://product.test/fork', statusCallback: 'https://product.test/stream' };

type Client = ReturnType<typeof twilio>;
export type Streams = ReturnType<Client['calls']>['streams'];

export interface StreamMessage {
  event: string;
  streamSid: string;
  start?: { callSid: string; tracks: string[]; customParameters: Record<string, string> };
  media?: { track: string; chunk: string; timestamp: string; payload: string };
}

/** One stream from its server's side: `/media` is bidirectional, `/fork` unidirectional. */
export interface StreamPeer {
  path: string;
  socket: WebSocket;
  signature: unknown;
  messages: StreamMessage[];
  /** The code with which the socket closed. */
  closed: Promise<number>;
}

export interface ForkLab extends Omit<TestLab, 'callWith'> {
  readonly client: Client;
  clientOf(accountSid: string, authToken: string): Client;
  /** Hands every message of every socket to the test and keeps what each socket got, in the order of the sockets. */
  onMessage(handle: (message: StreamMessage, peer: StreamPeer) => void): StreamPeer[];
  /** Places a call, does the work once its bidirectional stream has started, closes that; the call's record at its end. */
  onStreamedCall(work: (streams: Streams, callSid: string) => Promise<void>, switches?: string[]): Promise<CallRecord>;
  /** Resolves when the status callback has said so. */
  told(event: string): Promise<void>;
  streamEvents(): (string | undefined)[];
}

export function useForkLab(): ForkLab {
  const lab = useTestLab();
  const clientOf = (accountSid: string, authToken: string): Client => {
    const client = twilio(accountSid, authToken);
    client.api.baseUrl = lab.network.url;
    return client;
  };
  beforeEach(() => {
    lab.product.respond.set('/voice', () => CONNECT);
    lab.product.respond.set('/after', () => '<Hangup/>');
  });
  const forkLab: ForkLab = {
    get product() {
      return lab.product;
    },
    get network() {
      return lab.network;
    },
    get control() {
      return lab.control;
    },
    get client() {
      return clientOf(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
    },
    clientOf,
    onMessage(handle) {
      const peers: StreamPeer[] = [];
      lab.product.onSocket = (socket, request) => {
        const closed = new Promise<number>((resolve) => socket.once('close', resolve));
        const signature = request.headers['x-twilio-signature'];
        const peer: StreamPeer = { path: request.url ?? '', socket, signature, messages: [], closed };
        peers.push(peer);
        socket.on('message', (data: Buffer) => {
          const message: StreamMessage = JSON.parse(data.toString());
          peer.messages.push(message);
          handle(message, peer);
        });
      };
      return peers;
    },
    async onStreamedCall(work, switches = []) {
      const worked = Promise.withResolvers<void>();
      const handle = lab.product.onSocket;
      lab.product.onSocket = (socket, request) => {
        handle(socket, request);
        if (request.url !== '/media') return;
        socket.on('message', (data: Buffer) => {
          const { start }: StreamMessage = JSON.parse(data.toString());
          if (!start) return;
          const { streams } = forkLab.client.calls(start.callSid);
          work(streams, start.callSid)
            .finally(() => socket.close())
            .then(worked.resolve, worked.reject);
        });
      };
      const { control } = lab;
      const [record] = await Promise.all([control.call({ switches }).then(control.wait), worked.promise]);
      return record;
    },
    told: (event) =>
      new Promise((resolve) => {
        lab.product.respond.set('/stream', ({ form }) => {
          if (form.StreamEvent === event) resolve();
          return '';
        });
      }),
    streamEvents: () =>
      lab.product.received.filter(({ path }) => path === '/stream').map(({ form }) => form.StreamEvent),
  };
  return forkLab;
}
