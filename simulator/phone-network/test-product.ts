import http from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import type { AccountSeed } from './accounts.ts';
import { tone } from './tones.ts';
import { decodeMulaw } from './mulaw.ts';
import { type PhoneNetwork, startPhoneNetwork } from './phone-network.ts';

/** A request that the small product received. */
export interface ReceivedRequest {
  path: string;
  method: string;
  headers: http.IncomingHttpHeaders;
  form: Record<string, string>;
}

export type Responder = (request: ReceivedRequest) => string | { status: number; body?: string; contentType?: string };

/** A small customer's server: TwiML by path, sockets by handler, and everything it was sent. */
export interface TestProduct {
  received: ReceivedRequest[];
  respond: Map<string, Responder>;
  onSocket: (socket: WebSocket, request: http.IncomingMessage) => void;
  port: number;
  close: () => Promise<void>;
}

export async function startTestProduct(): Promise<TestProduct> {
  const product: TestProduct = {
    received: [],
    respond: new Map(),
    onSocket: () => {},
    port: 0,
    close: async () => {
      sockets.close();
      for (const socket of sockets.clients) socket.terminate();
      await closeServer(server);
    },
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const path = request.url ?? '';
      const received = { path, method: request.method ?? '', headers: request.headers, form };
      product.received.push(received);
      const answer = product.respond.get(path)?.(received) ?? { status: 204 };
      const { status, body, contentType } =
        typeof answer === 'string'
          ? { status: 200, body: `<Response>${answer}</Response>`, contentType: undefined }
          : answer;
      response.writeHead(status, { 'content-type': contentType ?? 'text/xml' }).end(body);
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => product.onSocket(socket, request));
  product.port = Number(new URL(await listenOnLoopback(server, 0)).port);
  return product;
}

export const TEST_ACCOUNT: AccountSeed = {
  sid: `AC${'1'.repeat(32)}`,
  authToken: 'token-of-the-test-account',
  callsPerSecond: 1000,
  numbers: [
    {
      phoneNumber: '+420800000001',
      voiceUrl: 'https://product.test/voice',
      voiceFallbackUrl: 'https://product.test/fallback',
      statusCallback: 'https://product.test/status',
    },
  ],
};

/** Phrases that are plain tones: `low` lasts 400 ms, `high` 800 ms. */
const TONES = { low: tone([300], 400), high: tone([1200], 800) };

/** A network whose calls run ten times as fast as real ones. */
export async function startTestNetwork(product: TestProduct): Promise<PhoneNetwork> {
  return await startPhoneNetwork({
    port: 0,
    hosts: { 'product.test': `127.0.0.1:${product.port}` },
    accounts: [TEST_ACCOUNT],
    speech: {
      phrases: [
        { id: 'low', language: 'en', speaker: 'caller', text: 'A low tone.' },
        { id: 'high', language: 'en', speaker: 'assistant', text: 'A high tone.' },
      ],
      pcm8k: ({ id }) => decodeMulaw(id === 'low' ? TONES.low : TONES.high),
    },
    recognise: async () => [
      {
        phraseId: 'low',
        text: 'A low tone.',
        startMs: 0,
        endMs: 400,
        heardWords: ['A', 'low', 'tone.'],
        complete: true,
      },
    ],
    speed: 10,
    onError: (error) => {
      throw error;
    },
  });
}

/** A call's record as the control API gives it after the end. */
export interface CallRecord {
  callSid: string;
  status: string;
  answeredAtMs?: number;
  endedAtMs: number;
  timeline: { atMs: number; kind: string; [detail: string]: unknown }[];
  said: { phraseId: string; startMs: number; endMs: number }[];
  heard: { startMs: number; endMs: number }[];
  alerts: { code: number; message: string }[];
  violations: { code: number | null; message: string }[];
  webhooks: {
    atMs: number;
    purpose: string;
    url: string;
    status?: number;
    attempts: number;
    fields: Record<string, string>;
  }[];
  faults: string[];
  childSids: string[];
}

/** The control API from a test's side. */
export function controlOf(network: PhoneNetwork) {
  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    await fetch(`${network.url}/_sim${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const record = async (path: string): Promise<CallRecord> => {
    const answer: CallRecord = JSON.parse(await (await send('GET', path)).text());
    return answer;
  };
  return {
    send,
    call: async (body: Record<string, unknown>): Promise<string> => {
      const answer = await send('POST', '/calls', { from: '+420777000111', to: '+420800000001', ...body });
      const placed: { callSid?: string; message?: string } = JSON.parse(await answer.text());
      if (!placed.callSid) throw new RangeError(placed.message ?? 'no call');
      return placed.callSid;
    },
    record: (callSid: string) => record(`/calls/${callSid}`),
    wait: (callSid: string) => record(`/calls/${callSid}/wait`),
  };
}
