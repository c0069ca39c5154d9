import type { WebSocket } from 'ws';
import type { Call } from './call.ts';
import type { LineFrame } from './line.ts';
import { FRAME_MS } from './mulaw.ts';

/** Timestamp of a stream's first media message: media starts flowing a little after the stream. */
const FIRST_TIMESTAMP_MS = 140;
/** The trap `media-jitter` holds the last frames of every run back and sends them at once. */
const JITTER_RUN = 10;
const JITTER_HELD = 4;

/** `inbound` is what the person says to the network, `outbound` what the network plays to them. */
export type StreamTrack = 'inbound' | 'outbound';

/** The messages of one stream to the server, with their counters. */
export interface StreamSender {
  begin(customParameters: Readonly<Record<string, string>>): void;
  /** One complete frame of each track. */
  media(frame: Pick<LineFrame, 'said' | 'heard'>): void;
  dtmf(digit: string): void;
  mark(name: string): void;
  stop(): void;
  /** Loses the next frames on the way; timestamps go on. */
  dropFrames(count: number): void;
}

export function createStreamSender(
  socket: WebSocket,
  call: Call,
  streamSid: string,
  { jitter, tracks }: { jitter: boolean; tracks: readonly StreamTrack[] },
): StreamSender {
  let sequence = 0;
  let chunk = 0;
  let frames = 0;
  let toDrop = 0;
  let held: (() => void)[] = [];

  const nextSequence = (): number => (sequence += 1);
  const send = (message: Record<string, unknown>): void => socket.send(JSON.stringify(message));

  // Built by hand: at fifty a second for each call this is the network's hottest line.
  const sendMedia = (track: StreamTrack, mulaw: Uint8Array, timestamp: number): void => {
    chunk += 1;
    const payload = Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.length).toString('base64');
    socket.send(
      `{"event":"media","sequenceNumber":"${nextSequence()}","media":{"track":"${track}","chunk":"${chunk}",` +
        `"timestamp":"${timestamp}","payload":"${payload}"},"streamSid":"${streamSid}"}`,
    );
  };

  return {
    begin: (customParameters) => {
      send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
      const start = {
        accountSid: call.account.sid,
        streamSid,
        callSid: call.sid,
        tracks,
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters,
      };
      send({ event: 'start', sequenceNumber: String(nextSequence()), start, streamSid });
    },
    media: (frame) => {
      const timestamp = FIRST_TIMESTAMP_MS + frames * FRAME_MS;
      frames += 1;
      if (toDrop > 0) {
        toDrop -= 1;
        return;
      }
      const sendFrame = (): void => {
        for (const track of tracks) sendMedia(track, track === 'inbound' ? frame.said : frame.heard, timestamp);
      };
      if (!jitter) return sendFrame();
      held.push(sendFrame);
      if (frames % JITTER_RUN >= JITTER_RUN - JITTER_HELD) return;
      for (const sendHeld of held) sendHeld();
      held = [];
    },
    dtmf: (digit) =>
      send({
        event: 'dtmf',
        streamSid,
        sequenceNumber: String(nextSequence()),
        dtmf: { track: 'inbound_track', digit },
      }),
    mark: (name) => send({ event: 'mark', sequenceNumber: String(nextSequence()), streamSid, mark: { name } }),
    stop: () =>
      send({
        event: 'stop',
        sequenceNumber: String(nextSequence()),
        stop: { accountSid: call.account.sid, callSid: call.sid },
        streamSid,
      }),
    dropFrames: (count) => {
      toDrop += count;
    },
  };
}
