/**
 * The socket of one media stream, from its handshake to its end, whatever the stream is for.
 *
 * Phases: dialling, open, ended. Invariants:
 * 1. The line's frames go out when they are complete, one of each track each 20 ms; timestamps only ever advance.
 * 2. The stream ends once: the server closed, the socket died (31921), or the network ended it by the signal (`stop`,
 *    then close). It is never reconnected.
 */
import type { WebSocket } from 'ws';
import type { Call } from './call.ts';
import type { LineFrame } from './line.ts';
import type { StreamCallback } from './stream-callback.ts';
import { openStreamSocket, type StreamAddress, type StreamFailure } from './stream-request.ts';
import { createStreamSender, type StreamSender, type StreamTrack } from './stream-sender.ts';

const CLOSE_PATIENCE_MS = 2000;

export interface StreamPlan {
  streamSid: string;
  /** What the call's timeline calls it: a `stream` carries the call, a `fork` only listens. */
  kind: 'stream' | 'fork';
  address: StreamAddress;
  tracks: readonly StreamTrack[];
  customParameters: Readonly<Record<string, string>>;
  tell: StreamCallback;
  /** Fires when the network ends the stream. */
  signal: AbortSignal;
  /** What the stream does beside sending its tracks; the result undoes it. */
  attach: (socket: WebSocket, sender: StreamSender) => () => void;
}

/** Carries a stream until either side ends it. */
export async function runStream(call: Call, plan: StreamPlan): Promise<void> {
  const { address, signal } = plan;
  const socket = address.ok ? await openStreamSocket(call, address, signal) : address;
  if ('readyState' in socket) return await carry(call, plan, socket);
  // What the network gives up by itself is nobody's fault.
  if (signal.aborted) return call.note(`${plan.kind}-abandoned`, { streamSid: plan.streamSid });
  reportStreamFailure(call, plan, 'code' in socket ? socket : { code: 31_920, message: 'handshake failed' });
}

/** Tells of a stream that never was open. */
export function reportStreamFailure(
  call: Call,
  { kind, streamSid, tell }: Pick<StreamPlan, 'kind' | 'streamSid' | 'tell'>,
  failure: StreamFailure,
): void {
  call.alert(failure.code, failure.message);
  call.note(`${kind}-failed`, { streamSid, code: failure.code });
  tell('stream-error', `${failure.code} - ${failure.message}`);
}

async function carry(call: Call, plan: StreamPlan, socket: WebSocket): Promise<void> {
  const { kind, streamSid, tell } = plan;
  const sender = createStreamSender(socket, call, streamSid, {
    jitter: call.springs('media-jitter'),
    tracks: plan.tracks,
  });
  const detach = plan.attach(socket, sender);
  call.note(`${kind}-started`, { streamSid });
  sender.begin(plan.customParameters);
  tell('stream-started');

  const closed = untilClosed(socket);
  socket.on('error', (error) => call.alert(31_924, `WebSocket protocol: ${error.message}`));
  let previous: LineFrame | undefined;
  const stopFrames = call.line.onFrame((frame) => {
    if (socket.readyState !== socket.OPEN) return;
    if (previous) sender.media(previous);
    previous = frame;
  });

  const end = await Promise.race([closed, aborted(plan.signal)]);
  stopFrames();
  detach();

  if (end.kind === 'left') {
    if (socket.readyState === socket.OPEN) sender.stop();
    socket.close(1000);
    const timer = setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS);
    call.track(closed.finally(() => clearTimeout(timer)));
  } else if (end.code === 1006) {
    call.alert(31_921, 'stream socket closed without a close frame');
    tell('stream-error', '31921 - Stream - WebSocket - Close Error');
  }
  call.note(`${kind}-stopped`, { streamSid, endedBy: end.kind, code: end.kind === 'closed' ? end.code : undefined });
  tell('stream-stopped');
}

type StreamEnd = { kind: 'closed'; code: number } | { kind: 'left' };

function untilClosed(socket: WebSocket): Promise<Extract<StreamEnd, { kind: 'closed' }>> {
  return new Promise((resolve) => socket.once('close', (code) => resolve({ kind: 'closed', code })));
}

function aborted(signal: AbortSignal): Promise<StreamEnd> {
  if (signal.aborted) return Promise.resolve({ kind: 'left' });
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'left' }), { once: true }));
}
