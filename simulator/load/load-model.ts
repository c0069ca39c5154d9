/**
 * A realtime model that costs next to nothing: it speaks the vendor's protocol as far as a call under load needs it,
 * knows the end of the caller's speech by a marker in the audio (or is told it), and answers by a script.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { decodeMulaw } from '../phone-network/mulaw.ts';
import { answerPieces, codedPiece, LOUD, PIECE_MS } from './load-speech.ts';
import type { Samples } from './samples.ts';
import { CLOSE, createMessageCutter, PING, PONG, serverFrame, type Message } from './ws-frames.ts';

const ANSWER_MS = 2000;
const SPEED = 4; // the vendor delivers audio faster than it is spoken
const SILENCE_MS = 500; // after which it takes a turn as over, where that is its to judge
const ANSWER_AFTER_MS = 300;
const AUDIO_FROM = Buffer.byteLength('{"realtimeInput":{"audio":{"data":"');
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const text = (message: object): Buffer => serverFrame(Buffer.from(JSON.stringify(message)));
const audioOf = (data: string): Buffer =>
  text({ serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } } });
const pieces = answerPieces(ANSWER_MS).map(audioOf);
const setupComplete = text({ setupComplete: {} });
const heardText = text({ serverContent: { inputTranscription: { text: 'Řekněte mi prosím, kde je moje zásilka.' } } });
const saidText = text({ serverContent: { outputTranscription: { text: 'Dobrý den, hned se na to podívám.' } } });
const generated = text({ serverContent: { generationComplete: true } });
const turnOver = text({
  serverContent: { turnComplete: true },
  usageMetadata: { promptTokenCount: 300, responseTokenCount: 60, totalTokenCount: 360 },
});

export interface ModelSession {
  readonly index: number;
  /** When the last answer's first piece was written, and when it became known that the caller had ended. */
  answerAtMs: number;
  askedAtMs: number;
  /** When the caller wrote the marker that is awaited; 0: none. */
  markerAtMs: number;
  isOpen(): boolean;
  /** Whether the client tells where speech begins and ends. */
  readonly isTold: boolean;
  callTool(id: string, name: string, args: object): void;
  tick(atMs: number): void;
}

export interface LoadModelDeps {
  samples: () => Samples;
  onToolResult: (id: string, status: string) => void;
  nowMs: () => number;
}

export function createLoadModel({ samples, onToolResult, nowMs }: LoadModelDeps) {
  const sessions: ModelSession[] = [];

  return {
    sessions,
    /** Takes the upgrade of one session. A path that ends in `/relay` is a relay's: its audio is the carrier's own. */
    accept(request: IncomingMessage, socket: Duplex): void {
      acceptUpgrade(request, socket);
      const session = serve(socket, request.url?.split('?')[0]?.endsWith('/relay') ?? false);
      sessions.push(session);
    },
    tick(atMs: number): void {
      for (const session of sessions) session.tick(atMs);
    },
    closed(): void {
      for (let n = sessions.length - 1; n >= 0 && !sessions[n]?.isOpen(); n--) sessions.pop();
    },
  };

  function serve(socket: Duplex, isRelay: boolean): ModelSession {
    const index = sessions.length;
    let open = true;
    let told = false;
    let next = Infinity; // when the next message of the answer is due
    let piece = -1;
    let first = true;
    let turn = 0;

    const begin = (dueMs: number): void => {
      next = dueMs;
      piece = 0;
    };
    const asked = (atMs: number): void => {
      session.askedAtMs = atMs;
      socket.write(heardText);
    };
    const onAudio = (message: Message): void => {
      if (session.markerAtMs === 0 || !isLoud(message, isRelay)) return;
      const atMs = nowMs();
      samples().toModel.push(atMs - session.markerAtMs);
      session.markerAtMs = 0;
      if (told) return;
      asked(atMs);
      begin(atMs + SILENCE_MS + ANSWER_AFTER_MS);
    };
    const onText = (message: Message): void => {
      const value: ClientMessage = JSON.parse(message.copy().toString());
      if (value.setup) {
        told = value.setup.realtimeInputConfig?.automaticActivityDetection?.disabled === true;
        socket.write(setupComplete);
      }
      if (value.realtimeInput?.activityEnd) {
        asked(nowMs());
        begin(nowMs() + ANSWER_AFTER_MS);
      }
      // Whoever is told something says something: the greeting first of all.
      if (value.realtimeInput?.text !== undefined || value.clientContent?.turnComplete)
        begin(nowMs() + ANSWER_AFTER_MS);
      for (const { id, response } of value.toolResponse?.functionResponses ?? []) {
        onToolResult(id ?? '', response?.status ?? 'unknown');
        if (next === Infinity) begin(nowMs() + ANSWER_AFTER_MS);
      }
    };
    const cut = createMessageCutter((message) => {
      if (message.opcode === CLOSE) socket.end(serverFrame(Buffer.from([0x03, 0xe8]), CLOSE));
      else if (message.opcode === PING) socket.write(serverFrame(message.copy(), PONG));
      else if (message.at(19) === 0x61 && message.at(20) === 0x75) onAudio(message);
      else onText(message);
    });
    socket.on('data', cut);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      open = false;
    });

    const session: ModelSession = {
      index,
      answerAtMs: 0,
      askedAtMs: 0,
      markerAtMs: 0,
      isOpen: () => open,
      get isTold() {
        return told;
      },
      callTool: (id, name, args) => void socket.write(text({ toolCall: { functionCalls: [{ id, name, args }] } })),
      tick(atMs) {
        if (atMs < next || !open) return;
        if (piece < pieces.length) {
          if (piece === 0) session.answerAtMs = nowMs();
          socket.write(piece === 0 && first ? audioOf(codedPiece(index)) : (pieces[piece] ?? turnOver));
          if (piece === 0) socket.write(saidText);
          if (piece === 0) first = false;
          piece += 1;
          next = piece < pieces.length ? next + PIECE_MS / SPEED : next;
          return;
        }
        if (piece === pieces.length) {
          socket.write(generated);
          piece += 1;
          next += ANSWER_MS - ANSWER_MS / SPEED;
          return;
        }
        turn += 1;
        socket.write(turnOver);
        socket.write(text({ sessionResumptionUpdate: { newHandle: `load-${index}-${turn}`, resumable: true } }));
        next = Infinity;
      },
    };
    return session;
  }
}

interface ClientMessage {
  setup?: { realtimeInputConfig?: { automaticActivityDetection?: { disabled?: boolean } } };
  realtimeInput?: { text?: string; activityEnd?: object };
  clientContent?: { turnComplete?: boolean };
  toolResponse?: { functionResponses?: readonly { id?: string; response?: { status?: string } }[] };
}

/** Looks at a few samples only; base64 keeps 8 characters to 3 samples of PCM, or 4 to 3 of µ-law. */
function isLoud(message: Message, isMulaw: boolean): boolean {
  let loud = 0;
  const step = isMulaw ? 4 : 8;
  for (let at = AUDIO_FROM; at + step < message.length - 40; at += 3 * step) {
    const bytes = Buffer.from(
      String.fromCharCode(...Array.from({ length: step }, (_, n) => message.at(at + n))),
      'base64',
    );
    const sample = isMulaw ? (decodeMulaw(bytes)[0] ?? 0) : bytes.readInt16LE(0);
    if (Math.abs(sample) > LOUD && ++loud === 3) return true;
  }
  return false;
}

function acceptUpgrade(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + WEBSOCKET_GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}
