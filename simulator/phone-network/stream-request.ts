import type { Call } from './call.ts';
import type { NameTable } from './name-table.ts';
import { signRequest } from './signature.ts';
import { WebSocket } from 'ws';

const HANDSHAKE_TIMEOUT_MS = 5000;

export interface StreamFailure {
  code: number;
  message: string;
}

export type StreamAddress = { ok: true; url: string; host: string; port: number } | ({ ok: false } & StreamFailure);

/** Why the network does not dial a stream's URL: 31923 cannot be read, 31922 is not `wss`, 31920 has a query. */
export function problemOfStreamUrl(url: string): StreamFailure | undefined {
  if (!URL.canParse(url)) return { code: 31_923, message: 'stream URL cannot be read' };
  const { protocol } = new URL(url);
  if (protocol !== 'wss:') return { code: 31_922, message: `scheme ${protocol} is not wss` };
  return url.includes('?') ? { code: 31_920, message: 'query string in the stream URL' } : undefined;
}

/** Checks a stream's URL as the network does before it dials, and resolves its name. */
export function addressOfStream(url: string, names: NameTable): StreamAddress {
  const problem = problemOfStreamUrl(url);
  if (problem) return { ok: false, ...problem };
  const endpoint = names.resolve(new URL(url));
  if (!endpoint) return { ok: false, code: 31_901, message: 'name does not resolve' };
  return { ok: true, url, ...endpoint };
}

/**
 * Opens the socket of a stream: plain WebSocket to the loopback address, signed over the `wss` URL exactly as the
 * TwiML has it. A failure is a value: 31901 time-out, 31902 refused, 31920 answered otherwise than 101.
 */
export function openStreamSocket(
  call: Call,
  address: Extract<StreamAddress, { ok: true }>,
  signal: AbortSignal,
): Promise<WebSocket | StreamFailure> {
  const { host: publicHost, pathname } = new URL(address.url);
  const socket = new WebSocket(`ws://${address.host}:${address.port}${pathname}`, {
    headers: {
      host: publicHost,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': publicHost,
      'user-agent': 'Twilio.TmeWs/1.0',
      'x-twilio-signature': signRequest(call.account.authToken, address.url),
    },
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    const give = (result: WebSocket | StreamFailure): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const giveUp = (code: number, message: string): void => {
      give({ code, message });
      socket.terminate();
    };
    const onAbort = (): void => giveUp(31_921, 'call went on before the stream was open');
    const timer = setTimeout(() => giveUp(31_901, 'handshake timed out'), HANDSHAKE_TIMEOUT_MS);
    signal.addEventListener('abort', onAbort);
    socket.once('open', () => give(socket));
    socket.once('unexpected-response', (_request, response) => giveUp(31_920, `answered ${response.statusCode}`));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      give({ code: error.code === 'ECONNREFUSED' ? 31_902 : 31_920, message: error.message });
    });
  });
}
