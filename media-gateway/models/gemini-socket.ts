import { GoogleGenAI, type LiveConnectConfig } from '@google/genai';
import { WebSocket } from 'ws';
import { AppError, messageOf } from '../../contracts/errors.ts';
import { bufferOf } from '../socket-data.ts';
import { closeGently } from './close-gently.ts';

export interface GeminiSocketOptions {
  apiKey: string;
  baseUrl?: string;
  modelId: string;
  setup: LiveConnectConfig;
  timeoutMs: number;
  /** Each message after and including `setupComplete`, as it came. May be called before `openGeminiSocket` resolves. */
  onMessage: (bytes: Buffer) => void;
  /** Once, after the session had opened. */
  onClosed: (code: number, reason: string) => void;
}

/** The socket of an open session. `send` drops what comes after the end. */
export interface GeminiSocket {
  send(text: string): void;
  /** Bytes that wait in this process. */
  bufferedBytes(): number;
  /** Resolves when the socket is closed. */
  close(): Promise<void>;
}

/**
 * Opens a Live session through the vendor's client, on a socket of ours: the client's own waits for ever, answers no
 * abort, and turns an exception in a handler into an unhandled rejection. It sees nothing but the setup's completion.
 */
export async function openGeminiSocket(options: GeminiSocketOptions): Promise<GeminiSocket> {
  const { apiKey, baseUrl, modelId, setup, timeoutMs, onMessage, onClosed } = options;
  const ai = new GoogleGenAI({ apiKey, httpOptions: { apiVersion: 'v1beta', ...(baseUrl ? { baseUrl } : {}) } });
  let socket: WebSocket | undefined;
  let opened = false;
  let timedOut = false;

  const create = (url: string, headers: Record<string, string>, callbacks: SdkCallbacks): SdkSocket => ({
    connect() {
      const ws = new WebSocket(url, {
        headers,
        perMessageDeflate: false,
        skipUTF8Validation: true, // nearly all of it is audio, and what is no UTF-8 is replaced where text is read
        handshakeTimeout: timeoutMs,
      });
      socket = ws;
      ws.on('open', () => callbacks.onopen());
      ws.on('message', (data) => {
        const bytes = bufferOf(data);
        if (!opened && bytes.includes('"setupComplete"')) {
          opened = true;
          callbacks.onmessage({ data: bytes.toString() });
        }
        if (opened) onMessage(bytes);
      });
      ws.on('error', (error) => callbacks.onerror({ message: error.message }));
      ws.on('close', (code, reason) => {
        callbacks.onclose({ code, reason: reason.toString() });
        if (opened) onClosed(code, reason.toString());
      });
    },
    send: (text) => socket?.send(text),
    close: () => socket?.terminate(),
  });
  Reflect.set(ai.live, 'webSocketFactory', { create });

  const timer = setTimeout(() => {
    timedOut = true;
    socket?.terminate();
  }, timeoutMs);
  try {
    await ai.live.connect({ model: modelId, config: setup, callbacks: { onmessage: () => {} } });
  } catch (cause) {
    socket?.terminate();
    throw openFailure(cause, timedOut, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
  return {
    send: (text) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
    },
    bufferedBytes: () => socket?.bufferedAmount ?? 0,
    close: () => closeGently(socket),
  };
}

interface SdkCallbacks {
  onopen: () => void;
  onmessage: (event: { data: string }) => void;
  onerror: (event: { message: string }) => void;
  onclose: (event: { code: number; reason: string }) => void;
}

interface SdkSocket {
  connect(): void;
  send(text: string): void;
  close(): void;
}

/** Refusals are the setup's or the key's fault and repeat; everything else may pass on another try. */
function openFailure(cause: unknown, timedOut: boolean, timeoutMs: number): AppError {
  if (timedOut) return new AppError('model-unavailable', `model session not open within ${timeoutMs} ms`, { cause });
  const code = /(?:code |response: )(\d+)/.exec(messageOf(cause))?.[1] ?? 'none';
  const refused = ['1007', '1008', '400', '401', '403', '404'].includes(code);
  const text = refused ? 'the model refused the session' : 'the model session did not open';
  return new AppError(refused ? 'model-refused' : 'model-unavailable', `${text} (code ${code})`, { cause });
}
