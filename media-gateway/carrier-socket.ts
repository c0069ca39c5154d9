/**
 * One WebSocket of the carrier, from its first message to its close.
 *
 * Phases: `opening` (waits for `start`, at most `START_WITHIN_MS`) -> `admitting` (keeps what arrives, bounded) ->
 * `streaming` (hands everything to the session) -> `closed`.
 *
 * Invariants:
 * K1 Nothing is done for a socket that has not been admitted.
 * K2 A message that is not as documented changes nothing; the first is logged without its content, `MAX_BAD` end the stream.
 * K3 The session hears exactly one of: the caller has gone, the stream is lost, unless it ended the stream itself.
 */
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { AppError } from '../contracts/errors.ts';
import { carrierMessages, createMediaFrameReader, type MediaFrameReader } from './audio/media-frame.ts';
import { readOpening, readStreaming, type StartMessage, type StreamingMessage } from './carrier-messages.ts';
import type { SessionCarrier } from './session/session-deps.ts';
import { bufferOf } from './socket-data.ts';

/** What a stream's messages do to the call that it carries. */
export interface StreamListener {
  /** `arrivedMs`: when its message came, on the monotonic clock. The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array, arrivedMs: number): void;
  mark(name: string): void;
  digit(digit: string): void;
  callerGone(): void;
  streamLost(code: number): void;
}

/** Admits a stream and returns who listens; rejects with the reason for which it is refused. */
export type Admit = (
  start: StartMessage,
  signature: string | undefined,
  carrier: SessionCarrier,
) => Promise<StreamListener>;

export interface CarrierSocketDeps {
  admit: Admit;
  /** Monotonic. */
  nowMs: () => number;
  log: Logger;
}

const START_WITHIN_MS = 5000;
const MAX_KEPT = 150;
const MAX_BAD = 100;
const MAX_UNSENT_BYTES = 2_000_000;
const CLOSE_WITHIN_MS = 2000;

interface Kept {
  readonly message: Buffer;
  readonly arrivedMs: number;
}

type Phase =
  | { readonly type: 'opening'; readonly timer: NodeJS.Timeout }
  | { readonly type: 'admitting'; readonly kept: Kept[]; ended?: 'stop' | number }
  | {
      readonly type: 'streaming';
      readonly streamSid: string;
      readonly read: MediaFrameReader;
      readonly listener: StreamListener;
    }
  | { readonly type: 'closed' };

/** One stream: its socket, what that is made of, and what the carrier's upgrade was signed with. */
export interface Stream {
  readonly socket: WebSocket;
  readonly connection: Pick<Duplex, 'cork' | 'uncork'>;
  readonly signature: string | undefined;
}

/** Serves the stream until it is closed. Never throws. */
export function serveCarrierSocket(stream: Stream, { admit, nowMs, log }: CarrierSocketDeps): void {
  const { socket, signature } = stream;
  let bad = 0;
  let phase: Phase = { type: 'opening', timer: setTimeout(() => end(1008, 'no start in time'), START_WITHIN_MS) };

  const end = (code: number, why: string): void => {
    if (phase.type === 'closed') return;
    if (phase.type === 'opening') clearTimeout(phase.timer);
    phase = { type: 'closed' };
    log.warn({ code, why }, 'stream refused');
    closeSocket(socket, code);
  };
  const complain = (bytes: number): void => {
    bad += 1;
    if (bad === 1) log.warn({ bytes }, 'unexpected message on a stream');
    if (bad < MAX_BAD || phase.type !== 'streaming') return;
    const { listener } = phase;
    phase = { type: 'closed' };
    closeSocket(socket, 1008);
    listener.streamLost(1008);
  };
  const handleStreaming = (message: Buffer, arrivedMs: number): void => {
    if (phase.type !== 'streaming') return;
    const frame = phase.read(message);
    if (frame) return phase.listener.media(frame.timestampMs, frame.mulaw, arrivedMs);
    const other = readStreaming(message);
    if (!other || other.streamSid !== phase.streamSid) return complain(message.length);
    return deliver(other, phase.listener, arrivedMs);
  };
  const deliver = (message: StreamingMessage, listener: StreamListener, arrivedMs: number): void => {
    if (message.event === 'media') {
      listener.media(Number(message.media.timestamp), Buffer.from(message.media.payload, 'base64'), arrivedMs);
    } else if (message.event === 'mark') listener.mark(message.mark.name);
    else if (message.event === 'dtmf') listener.digit(message.dtmf.digit);
    else {
      phase = { type: 'closed' };
      listener.callerGone();
    }
  };
  const begin = async (start: StartMessage): Promise<void> => {
    const admitting: Extract<Phase, { type: 'admitting' }> = { type: 'admitting', kept: [] };
    phase = admitting;
    try {
      const listener = await admit(
        start,
        signature,
        carrierOf(stream, start.streamSid, () => {
          phase = { type: 'closed' };
        }),
      );
      if (admitting.ended !== undefined) {
        phase = { type: 'closed' };
        return admitting.ended === 'stop' ? listener.callerGone() : listener.streamLost(admitting.ended);
      }
      phase = {
        type: 'streaming',
        streamSid: start.streamSid,
        read: createMediaFrameReader(start.streamSid),
        listener,
      };
      for (const { message, arrivedMs } of admitting.kept) handleStreaming(message, arrivedMs);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) log.error({ err: thrown }, 'admission failed');
      end(1008, thrown instanceof AppError ? thrown.message : 'admission failed');
    }
  };
  const handle = (message: Buffer): void => {
    if (phase.type === 'streaming') return handleStreaming(message, nowMs());
    if (phase.type === 'opening') {
      const opening = readOpening(message);
      if (!opening) return end(1008, 'a message that is no start');
      if (opening.event === 'connected') return undefined;
      clearTimeout(phase.timer);
      return void begin(opening);
    }
    if (phase.type !== 'admitting') return undefined;
    if (message.length < 500 && readStreaming(message)?.event === 'stop') phase.ended = 'stop';
    phase.kept.push({ message, arrivedMs: nowMs() });
    if (phase.kept.length > MAX_KEPT) phase.kept.shift();
    return undefined;
  };

  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      const wasStreaming = phase.type === 'streaming' ? phase.listener : undefined;
      end(1003, 'a binary message');
      wasStreaming?.streamLost(1003);
      return;
    }
    handle(bufferOf(data));
  });
  // An oversized message or a broken frame: ws closes the socket, `close` follows.
  socket.on('error', (error) => log.warn({ reason: error.message }, 'stream socket failed'));
  socket.on('close', (code) => {
    if (phase.type === 'opening') clearTimeout(phase.timer);
    if (phase.type === 'admitting') {
      phase.ended ??= code;
      return;
    }
    const lost = phase.type === 'streaming' ? phase.listener : undefined;
    phase = { type: 'closed' };
    lost?.streamLost(code);
  });
}

function carrierOf({ socket, connection }: Stream, streamSid: string, onClose: () => void): SessionCarrier {
  const messages = carrierMessages(streamSid);
  const send = (text: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    // A peer that reads nothing for so long is gone: its close leads back to the API.
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
    else socket.send(text);
  };
  return {
    play(mulaw, mark) {
      // Both in one write: the kernel's part of it costs more than all of ours.
      connection.cork();
      send(messages.media(mulaw));
      send(messages.mark(mark));
      connection.uncork();
    },
    clear: () => send(messages.clear),
    close: () => {
      onClose();
      closeSocket(socket, 1000);
    },
  };
}

function closeSocket(socket: WebSocket, code: number): void {
  if (socket.readyState === WebSocket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.close(code);
}
