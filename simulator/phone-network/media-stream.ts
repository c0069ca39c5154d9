/**
 * One bidirectional media stream: the call's line on one side, the customer's WebSocket on the other.
 *
 * Phases: dialling, open, ended. Invariants:
 * 1. The caller's frames go out when they are complete, one each 20 ms of the line; timestamps only ever advance.
 * 2. What the server sends is judged by the validator; what it refuses is ignored, one alert per code and stream.
 * 3. The stream ends once: the server closed (the call goes on with the next verb), the socket died (31921, as
 *    well), or the call left `<Connect>` (`stop`, then close). It is never reconnected.
 * 4. While it is open the playback buffer is the only thing that the caller hears.
 */
import type { WebSocket } from 'ws';
import type { Call } from './call.ts';
import type { Network } from './network.ts';
import { createPlaybackBuffer } from './playback-buffer.ts';
import { openSecondSocket } from './second-socket.ts';
import { newSid } from './sids.ts';
import { addressOfStream, openStreamSocket, type StreamAddress, type StreamFailure } from './stream-request.ts';
import { createStreamSender, type StreamSender } from './stream-sender.ts';
import { type StreamViolation, validateStreamMessage } from './stream-validator.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { methodOf } from './verb.ts';
import { notify } from './webhooks.ts';

const CLOSE_PATIENCE_MS = 2000;
const MOST_VIOLATIONS = 100;
const MARK_DELAY_MS = 400;
const SOCKET_LIFE_MS = 5000;
const SECOND_SOCKET_AFTER_MS = 1000;
const DROP_EVERY_MS = 4000;
const DROPPED_FRAMES = 25;

/** Carries a call over its stream until either side ends it. */
export async function runMediaStream(
  network: Network,
  call: Call,
  element: TwimlElement,
  signal: AbortSignal,
): Promise<void> {
  const streamSid = newSid('MZ');
  const tell = createStreamCallback(network, call, element, streamSid);
  const address = addressOfStream(element, network.names);
  const socket = address.ok ? await openStreamSocket(call, address, signal) : address;
  if (!address.ok || !('readyState' in socket)) {
    const failure = 'code' in socket ? socket : { code: 31_920, message: 'handshake failed' };
    reportFailure(call, streamSid, failure, tell);
    return;
  }
  await carry({ call, element, streamSid, socket, address, signal, tell });
}

interface OpenStream {
  call: Call;
  element: TwimlElement;
  streamSid: string;
  socket: WebSocket;
  address: Extract<StreamAddress, { ok: true }>;
  signal: AbortSignal;
  tell: StreamCallback;
}

async function carry({ call, element, streamSid, socket, address, signal, tell }: OpenStream): Promise<void> {
  const sender = createStreamSender(socket, call, streamSid, { jitter: call.switches.has('media-jitter') });
  const playback = connectPlayback(call, socket, streamSid, sender);
  const customParameters = parametersOf(element);
  call.note('stream-started', { streamSid });
  sender.begin(customParameters);
  tell('stream-started');

  const closed = untilClosed(socket);
  socket.on('error', (error) => call.alert(31_924, `WebSocket protocol: ${error.message}`));
  call.line.setSource(playback);
  let previous: Uint8Array | undefined;
  const stopFrames = call.line.onFrame(({ said }) => {
    if (socket.readyState !== socket.OPEN) return;
    if (previous) sender.media(previous);
    previous = said;
  });
  const onDigit = (digit: string): void => {
    if (socket.readyState === socket.OPEN) sender.dtmf(digit);
  };
  call.digitListeners.add(onDigit);
  call.streamControls = {
    streamSid,
    dropFrames: (count) => sender.dropFrames(count),
    killSocket: () => socket.terminate(),
    openSecondSocket: () => call.track(openSecondSocket(call, address, customParameters, signal)),
  };
  const stopTraps = armTraps(call);

  const end = await Promise.race([closed, aborted(signal)]);
  stopFrames();
  stopTraps();
  call.digitListeners.delete(onDigit);
  call.streamControls = undefined;
  call.line.setSource(undefined);

  if (end.kind === 'left') {
    if (socket.readyState === socket.OPEN) sender.stop();
    socket.close(1000);
    const timer = setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS);
    call.track(closed.finally(() => clearTimeout(timer)));
  } else if (end.code === 1006) {
    call.alert(31_921, 'stream socket closed without a close frame');
    tell('stream-error', '31921 - Stream - WebSocket - Close Error');
  }
  call.note('stream-stopped', { streamSid, endedBy: end.kind, code: end.kind === 'closed' ? end.code : undefined });
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

/** Plays what the server sends to the caller and echoes its marks. */
function connectPlayback(call: Call, socket: WebSocket, streamSid: string, sender: StreamSender) {
  const buffer = createPlaybackBuffer();
  const alerted = new Set<number>();
  const late = call.switches.has('mark-echo-late');
  let waiting: { name: string; dueMs: number }[] = [];

  const echo = (names: readonly string[]): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (late) waiting.push(...names.map((name) => ({ name, dueMs: call.line.nowMs + MARK_DELAY_MS })));
    else for (const name of names) sender.mark(name);
  };
  const refuse = (violation: StreamViolation): void => {
    if (call.violations.length < MOST_VIOLATIONS) call.violations.push({ ...violation, atMs: call.line.nowMs });
    if (violation.code === null || alerted.has(violation.code)) return;
    alerted.add(violation.code);
    call.alert(violation.code, violation.message);
  };

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const validated = validateStreamMessage(data, isBinary, streamSid);
    if (!validated.ok) return refuse(validated.violation);
    if (validated.remark) refuse(validated.remark);
    const { message } = validated;
    if (message.event === 'media') {
      if (!buffer.enqueue(message.audio)) refuse({ code: 31_931, message: 'more than ten minutes are buffered' });
    } else if (message.event === 'mark') {
      echo(buffer.mark(message.name));
    } else {
      call.note('clear', { droppedMs: buffer.bufferedMs });
      echo(buffer.clear());
    }
  });

  return {
    read: (): Uint8Array | undefined => {
      const { reached, frame } = buffer.read();
      echo(reached);
      const due = waiting.filter(({ dueMs }) => dueMs <= call.line.nowMs);
      waiting = waiting.filter(({ dueMs }) => dueMs > call.line.nowMs);
      if (socket.readyState === socket.OPEN) for (const { name } of due) sender.mark(name);
      return frame;
    },
  };
}

/** Springs the traps that the call was placed with, by the line's time. */
function armTraps(call: Call): () => void {
  const { switches, line } = call;
  const startMs = line.nowMs;
  let secondOpened = false;
  return line.onFrame(({ atMs }) => {
    const elapsedMs = atMs - startMs;
    if (switches.has('media-socket-dies') && elapsedMs >= SOCKET_LIFE_MS) call.streamControls?.killSocket();
    if (switches.has('second-media-socket') && !secondOpened && elapsedMs >= SECOND_SOCKET_AFTER_MS) {
      secondOpened = true;
      call.streamControls?.openSecondSocket();
    }
    const dropsNow = elapsedMs > 0 && elapsedMs % DROP_EVERY_MS === 0;
    if (switches.has('media-frames-dropped') && dropsNow) call.streamControls?.dropFrames(DROPPED_FRAMES);
  });
}

function parametersOf(element: TwimlElement): Record<string, string> {
  return Object.fromEntries(
    element.children.map(({ attributes }) => [attributes.name ?? '', attributes.value ?? ''] as const),
  );
}

type StreamCallback = (event: 'stream-started' | 'stream-stopped' | 'stream-error', error?: string) => void;

function createStreamCallback(network: Network, call: Call, element: TwimlElement, streamSid: string): StreamCallback {
  const url = element.attributes.statusCallback;
  let last = Promise.resolve();
  return (event, error) => {
    if (url === undefined) return;
    const fields = {
      AccountSid: call.account.sid,
      CallSid: call.sid,
      StreamSid: streamSid,
      StreamName: element.attributes.name ?? streamSid,
      StreamEvent: event,
      StreamError: error,
      Timestamp: network.now().toISOString(),
    };
    const webhook = { purpose: event, url, method: methodOf(element, 'statusCallbackMethod'), fields };
    last = last.then(() => notify(network, call, webhook));
    call.track(last);
  };
}

function reportFailure(call: Call, streamSid: string, failure: StreamFailure, tell: StreamCallback): void {
  call.alert(failure.code, failure.message);
  call.note('stream-failed', { streamSid, code: failure.code });
  tell('stream-error', `${failure.code} - ${failure.message}`);
}
