/**
 * One bidirectional media stream: the call's line on one side, the customer's WebSocket on the other.
 *
 * 1. What the server sends is judged by the validator; what it refuses is ignored, one alert per code and stream.
 * 2. When the server closes or the socket dies the call goes on with the next verb; a call that leaves `<Connect>` ends
 *    the stream.
 * 3. While it is open the playback buffer is the only thing that the caller hears.
 */
import type { WebSocket } from 'ws';
import type { Call } from './call.ts';
import type { Network } from './network.ts';
import { createPlaybackBuffer } from './playback-buffer.ts';
import { runStream } from './run-stream.ts';
import { openSecondSocket } from './second-socket.ts';
import { newSid } from './sids.ts';
import { createStreamCallback } from './stream-callback.ts';
import { addressOfStream, type StreamAddress } from './stream-request.ts';
import type { StreamSender } from './stream-sender.ts';
import { type StreamViolation, validateStreamMessage } from './stream-validator.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { methodOf } from './verb.ts';

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
  const { url = '', track = 'inbound_track', name, statusCallback } = element.attributes;
  const address: StreamAddress =
    track === 'inbound_track'
      ? addressOfStream(url, network.names)
      : { ok: false, code: 31_941, message: `track ${track} in Connect` };
  const method = methodOf(element, 'statusCallbackMethod');
  const customParameters = parametersOf(element);
  await runStream(call, {
    streamSid,
    kind: 'stream',
    address,
    tracks: ['inbound'],
    customParameters,
    tell: createStreamCallback(network, call, { streamSid, name, url: statusCallback, method }),
    signal,
    attach: (socket, sender) => {
      call.line.setSource(connectPlayback(call, socket, streamSid, sender));
      const onDigit = (digit: string): void => {
        if (socket.readyState === socket.OPEN) sender.dtmf(digit);
      };
      call.digitListeners.add(onDigit);
      call.streamControls = {
        streamSid,
        dropFrames: (count) => sender.dropFrames(count),
        killSocket: () => socket.terminate(),
        openSecondSocket: () => {
          if (address.ok) call.track(openSecondSocket(call, address, customParameters, signal));
        },
      };
      const stopTraps = armTraps(call);
      return () => {
        stopTraps();
        call.digitListeners.delete(onDigit);
        call.streamControls = undefined;
        call.line.setSource(undefined);
      };
    },
  });
}

/** Plays what the server sends to the caller and echoes its marks. */
function connectPlayback(call: Call, socket: WebSocket, streamSid: string, sender: StreamSender) {
  const buffer = createPlaybackBuffer();
  const alerted = new Set<number>();
  let waiting: { name: string; dueMs: number }[] = [];

  const echo = (names: readonly string[]): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (names.length > 0 && call.springs('mark-echo-late'))
      waiting.push(...names.map((name) => ({ name, dueMs: call.line.nowMs + MARK_DELAY_MS })));
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
  const { line } = call;
  const startMs = line.nowMs;
  let secondOpened = false;
  return line.onFrame(({ atMs }) => {
    const elapsedMs = atMs - startMs;
    if (elapsedMs >= SOCKET_LIFE_MS && call.springs('media-socket-dies')) call.streamControls?.killSocket();
    if (!secondOpened && elapsedMs >= SECOND_SOCKET_AFTER_MS && call.springs('second-media-socket')) {
      secondOpened = true;
      call.streamControls?.openSecondSocket();
    }
    const dropsNow = elapsedMs > 0 && elapsedMs % DROP_EVERY_MS === 0;
    if (dropsNow && call.springs('media-frames-dropped')) call.streamControls?.dropFrames(DROPPED_FRAMES);
  });
}

function parametersOf(element: TwimlElement): Record<string, string> {
  return Object.fromEntries(
    element.children.map(({ attributes }) => [attributes.name ?? '', attributes.value ?? ''] as const),
  );
}
