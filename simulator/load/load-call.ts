/**
 * One caller of the load, on the carrier's side of a media stream. It talks in turns of a fixed length, plays what it
 * gets in time, echoes marks when their audio has been played, and asks the API for the next step where a stream is lost.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { decodeMulaw } from '../phone-network/mulaw.ts';
import type { LoadCarrier } from './load-carrier.ts';
import type { ModelSession } from './load-model.ts';
import { callerFrames, CYCLE_FRAMES, MARKER_FRAME, readCode } from './load-speech.ts';
import type { Samples } from './samples.ts';
import { clientFrame, CLOSE, createMessageCutter, PING, PONG, type Message } from './ws-frames.ts';

export const FRAME_MS = 20;

const frames = callerFrames();
const FIRST_NUMBER = 1_000_000; // all numbers have as many digits: the frame keeps its length
const DIGITS = 7;
const SILENT_FRAME = CYCLE_FRAMES - 1;
const MEDIA_FRAME_BYTES = 55; // a media message of ours around its payload, without the stream's id

export interface StreamTarget {
  url: string;
  host: string;
  port: number;
  path: string;
  signature: string;
  parameters: Record<string, string>;
  /** Where the carrier goes on when the stream is over. */
  action?: string;
}

export interface LoadCallDeps {
  carrier: () => LoadCarrier;
  sessions: readonly ModelSession[];
  samples: () => Samples;
  nowMs: () => number;
  /** How long the carrier takes to notice that a stream is gone. */
  noticeMs: () => number;
  /** The caller hears the assistant again, so long after the stream was lost. */
  onRecovered: (afterMs: number) => void;
  onLost: (why: string) => void;
}

export interface LoadCall {
  readonly callSid: string;
  /** Resolves when the first audio is there, with the time of it. */
  readonly answered: Promise<number>;
  session(): ModelSession | undefined;
  /** Whether it has a stream and was answered on it. */
  isStanding(): boolean;
  open(target: StreamTarget): void;
  tick(atMs: number): void;
  hangUp(): void;
}

export function createLoadCall(callSid: string, phase: number, deps: LoadCallDeps): LoadCall {
  const { carrier, sessions, samples, nowMs } = deps;
  const { promise: answered, resolve: answer } = Promise.withResolvers<number>();
  let socket: Socket | undefined;
  let session: ModelSession | undefined;
  let streaming = false;
  let over = false;
  let lostAtMs: number | undefined;
  let sent = 0;
  let frame: Buffer = Buffer.alloc(0);
  let payloadAt = 0;
  let numberAt: number[] = [];
  let overhead = 0;
  let talkFromMs = Infinity;
  let step = phase;
  let talking = false; // it says nothing whose beginning is missing
  let playedUntilMs = 0;
  let firstMedia = true;
  let answerHeardMs = 0; // `answerAtMs` of the answer that was timed last
  let markerAtMs = 0;
  let marks: { atMs: number; echo: Buffer }[] = [];

  const prepare = (streamSid: string): void => {
    const number = String(FIRST_NUMBER);
    const payload = frames[0]?.toString() ?? '';
    const head = `{"event":"media","sequenceNumber":"`;
    const chunk = `","media":{"track":"inbound","chunk":"`;
    const time = `","timestamp":"`;
    const load = `","payload":"`;
    const body = Buffer.from(
      `${head}${number}${chunk}${number}${time}${number}${load}${payload}"},"streamSid":"${streamSid}"}`,
    );
    frame = clientFrame(body);
    const first = frame.length - body.length + head.length;
    const second = first + DIGITS + chunk.length;
    const third = second + DIGITS + time.length;
    numberAt = [first, second, third];
    payloadAt = third + DIGITS + load.length;
    overhead = MEDIA_FRAME_BYTES + streamSid.length;
    sent = 0;
  };
  const writeFrame = (n: number): void => {
    // What the kernel has not taken yet must not change under it.
    if (socket?.writableLength !== 0) frame = Buffer.from(frame);
    const [sequence = 0, chunk = 0, time = 0] = numberAt;
    writeDigits(frame, sequence, FIRST_NUMBER + sent);
    writeDigits(frame, chunk, FIRST_NUMBER + sent);
    writeDigits(frame, time, FIRST_NUMBER + sent * FRAME_MS);
    frames[n]?.copy(frame, payloadAt);
    sent += 1;
    socket?.write(frame);
  };

  const onMedia = (message: Message): void => {
    const atMs = nowMs();
    const bytes = ((message.length - overhead) * 3) / 4;
    if (firstMedia) hearFirst(message, atMs);
    if (session && session.answerAtMs !== answerHeardMs) {
      answerHeardMs = session.answerAtMs;
      samples().toCaller.push(atMs - session.answerAtMs);
      if (markerAtMs > 0 && session.askedAtMs > markerAtMs) {
        samples().told = session.isTold;
        samples().turns.push(atMs - markerAtMs - (session.answerAtMs - session.askedAtMs));
      } else if (markerAtMs > 0) samples().unanswered += 1;
      markerAtMs = 0;
    } else if (atMs > playedUntilMs && playedUntilMs > 0 && bytes > 0) {
      samples().gaps.push(atMs - playedUntilMs);
    }
    playedUntilMs = Math.max(atMs, playedUntilMs) + bytes / 8;
  };
  const hearFirst = (message: Message, atMs: number): void => {
    firstMedia = false;
    const value: { media: { payload: string } } = JSON.parse(message.copy().toString());
    const audio = Buffer.from(value.media.payload, 'base64');
    // A relay passes on what the model sent: PCM at 24 kHz, six times the bytes.
    const isPcm = audio.length > 4000;
    const index = readCode(isPcm ? thirdsOf(audio) : decodeMulaw(audio));
    session = index === undefined ? undefined : sessions[index];
    answerHeardMs = session?.answerAtMs ?? 0;
    talkFromMs = atMs + 2500;
    answer(atMs);
    if (lostAtMs !== undefined) deps.onRecovered(atMs - lostAtMs);
    lostAtMs = undefined;
  };
  const onMessage = (message: Message): void => {
    if (message.opcode === CLOSE) return void socket?.end(clientFrame(Buffer.from([0x03, 0xe8]), CLOSE));
    if (message.opcode === PING) return void socket?.write(clientFrame(message.copy(), PONG));
    const kind = message.at(11); // {"event":"media / mark / clear
    if (kind === 0x65) onMedia(message);
    else if (kind === 0x61) marks.push({ atMs: playedUntilMs, echo: clientFrame(message.copy()) });
    else {
      playedUntilMs = nowMs();
      for (const { echo } of marks) socket?.write(echo);
      marks = [];
    }
    return undefined;
  };
  const goOn = async (target: StreamTarget): Promise<void> => {
    const next =
      target.action === undefined ? undefined : await carrier().next(callSid, target.action, deps.noticeMs());
    if (next && !over) open(next);
    else if (!over) deps.onLost('the API named no stream');
  };
  const open = (target: StreamTarget): void => {
    const streamSid = `MZ${randomBytes(16).toString('hex')}`;
    const opened = connect({ host: target.host, port: target.port, noDelay: true });
    socket = opened;
    streaming = false;
    firstMedia = true;
    session = undefined;
    marks = [];
    playedUntilMs = 0;
    talkFromMs = Infinity;
    talking = false;
    markerAtMs = 0;
    prepare(streamSid);
    opened.write(upgradeRequest(target));
    let handshake = '';
    const cut = createMessageCutter(onMessage);
    opened.on('data', (chunk) => {
      if (streaming) return cut(chunk);
      handshake += chunk.toString('latin1');
      const end = handshake.indexOf('\r\n\r\n');
      if (end === -1) return undefined;
      if (!handshake.startsWith('HTTP/1.1 101')) return void opened.destroy();
      streaming = true;
      for (const message of openingOf(streamSid, callSid, carrier().accountSid, target)) opened.write(message);
      return cut(Buffer.from(handshake.slice(end + 4), 'latin1'));
    });
    opened.on('error', () => opened.destroy());
    opened.on('close', () => {
      if (opened !== socket || over) return;
      streaming = false;
      lostAtMs ??= nowMs();
      goOn(target).catch((failure: unknown) => deps.onLost(String(failure)));
    });
  };

  return {
    callSid,
    answered,
    session: () => session,
    isStanding: () => streaming && session !== undefined,
    open,
    tick(atMs) {
      if (!streaming) return;
      while (marks[0] && marks[0].atMs <= atMs) socket?.write(marks.shift()?.echo ?? '');
      if (atMs < talkFromMs) return writeFrame(SILENT_FRAME);
      step = (step + 1) % CYCLE_FRAMES;
      talking ||= step === 0;
      if (!talking) return writeFrame(SILENT_FRAME);
      if (step === MARKER_FRAME && session) {
        if (markerAtMs > 0) samples().unanswered += 1;
        if (session.markerAtMs > 0) samples().unheard += 1;
        markerAtMs = nowMs();
        session.markerAtMs = markerAtMs;
        samples().markers += 1;
      }
      return writeFrame(step);
    },
    hangUp() {
      over = true;
      if (streaming)
        socket?.write(clientFrame(Buffer.from(JSON.stringify({ event: 'stop', streamSid: streamSidOf(frame) }))));
      socket?.end(clientFrame(Buffer.from([0x03, 0xe8]), CLOSE));
      const gone = socket;
      setTimeout(() => gone?.destroy(), 2000).unref();
    },
  };
}

function openingOf(streamSid: string, callSid: string, accountSid: string, { parameters }: StreamTarget): Buffer[] {
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
  const start = { accountSid, callSid, streamSid, tracks: ['inbound'], mediaFormat, customParameters: parameters };
  return [
    { event: 'connected', protocol: 'Call', version: '1.0.0' },
    { event: 'start', sequenceNumber: '1', start, streamSid },
  ].map((message) => clientFrame(Buffer.from(JSON.stringify(message))));
}

function upgradeRequest({ url, path, signature }: StreamTarget): string {
  const { host } = new URL(url);
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'X-Forwarded-Proto: https',
    `X-Forwarded-Host: ${host}`,
    `X-Twilio-Signature: ${signature}`,
    '\r\n',
  ].join('\r\n');
}

function streamSidOf(frame: Buffer): string {
  return /"streamSid":"(MZ[0-9a-f]{32})"/.exec(frame.toString('latin1'))?.[1] ?? '';
}

function writeDigits(bytes: Buffer, at: number, value: number): void {
  let rest = value;
  for (let place = DIGITS - 1; place >= 0; place--) {
    bytes[at + place] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function thirdsOf(pcm24k: Buffer): Int16Array {
  return Int16Array.from({ length: Math.floor(pcm24k.length / 6) }, (_, n) => pcm24k.readInt16LE(6 * n));
}
