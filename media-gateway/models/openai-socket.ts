import { type RawData, WebSocket } from 'ws';
import { AppError } from '../../contracts/errors.ts';
import { closeGently } from './close-gently.ts';
import type { ServerEvent } from './openai-events.ts';

export interface OpenAiSocketOptions {
  apiKey: string;
  baseUrl?: string;
  modelId: string;
  /** Sent as soon as the server has made the session. */
  setup: object;
  timeoutMs: number;
  /** Each event after the session has its settings. Text that is no JSON comes as undefined. */
  onEvent: (event: ServerEvent | undefined) => void;
  /** Once, after the session had opened. */
  onClosed: (code: number, reason: string) => void;
}

/** The socket of an open session. `send` drops what comes after the end. */
export interface OpenAiSocket {
  send(event: object): void;
  /** Text that is an event already. */
  sendText(text: string): void;
  /** Bytes that wait in this process. */
  bufferedBytes(): number;
  /** Resolves when the socket is closed. */
  close(): Promise<void>;
}

/** Opens a realtime session and gives it its settings. Rejects with `model-unavailable` or `model-refused`. */
export function openOpenAiSocket(options: OpenAiSocketOptions): Promise<OpenAiSocket> {
  const { apiKey, baseUrl = 'https://api.openai.com', modelId, setup, timeoutMs, onEvent, onClosed } = options;
  const url = new URL('/v1/realtime', baseUrl.replace(/^http/, 'ws'));
  url.searchParams.set('model', modelId);
  const headers = { authorization: `Bearer ${apiKey}` };
  const ws = new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout: timeoutMs });
  const opened: OpenAiSocket = {
    send: (event) => opened.sendText(JSON.stringify(event)),
    sendText: (text) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(text);
    },
    bufferedBytes: () => ws.bufferedAmount,
    close: () => closeGently(ws),
  };
  return new Promise((resolve, reject) => {
    let isOpen = false;
    const fail = (code: 'model-unavailable' | 'model-refused', why: string, cause?: unknown): void => {
      clearTimeout(timer);
      ws.terminate();
      reject(new AppError(code, why, { cause }));
    };
    const timer = setTimeout(() => fail('model-unavailable', `no session within ${timeoutMs} ms`), timeoutMs);
    ws.on('unexpected-response', (_request, { statusCode = 0 }) => {
      fail(isRefusal(statusCode) ? 'model-refused' : 'model-unavailable', `the model answered ${statusCode}`);
    });
    ws.on('error', (error) => fail('model-unavailable', 'the model is not reached', error));
    ws.on('close', (code, reason) => {
      if (isOpen) onClosed(code, reason.toString());
      else fail('model-unavailable', `the model closed with ${code}`);
    });
    ws.on('message', (data) => {
      const event = eventOf(data);
      if (isOpen) return onEvent(event);
      if (event?.type === 'session.created') return opened.send(setup);
      if (event?.type === 'error') return fail('model-refused', 'the model refused the session', event.error?.message);
      if (event?.type !== 'session.updated') return undefined;
      isOpen = true;
      clearTimeout(timer);
      return resolve(opened);
    });
  });
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function eventOf(data: RawData): ServerEvent | undefined {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
