import type { WebSocket } from 'ws';
import type { Call } from './call.ts';
import type { Network } from './network.ts';
import { reportStreamFailure, runStream, type StreamPlan } from './run-stream.ts';
import { newSid } from './sids.ts';
import { createStreamCallback } from './stream-callback.ts';
import { addressOfStream } from './stream-request.ts';
import type { StreamTrack } from './stream-sender.ts';

/** Milliseconds of the line's time: how long the traps let a handshake, and a socket, last. */
const HANDSHAKE_MS = 5000;
const SOCKET_LIFE_MS = 300;

/** A unidirectional stream that is under way: it listens to the call's line, whatever TwiML the call executes. */
export interface ForkedStream {
  sid: string;
  name: string | undefined;
  tracks: readonly StreamTrack[];
  controller: AbortController;
  /** Resolves when the server has been told of its end. */
  done: Promise<void>;
}

export interface NewFork {
  url: string;
  name: string | undefined;
  tracks: readonly StreamTrack[];
  customParameters: Readonly<Record<string, string>>;
  statusCallback: string | undefined;
  statusCallbackMethod: 'GET' | 'POST';
}

/** Dials a unidirectional stream's server; what becomes of that is told by the status callback alone. */
export function startFork(network: Network, call: Call, fork: NewFork): ForkedStream {
  const sid = newSid('MZ');
  const controller = new AbortController();
  const plan: StreamPlan = {
    streamSid: sid,
    kind: 'fork',
    address: addressOfStream(fork.url, network.names),
    tracks: fork.tracks,
    customParameters: fork.customParameters,
    tell: createStreamCallback(network, call, {
      streamSid: sid,
      name: fork.name,
      url: fork.statusCallback,
      method: fork.statusCallbackMethod,
    }),
    signal: controller.signal,
    attach: (socket) => {
      socket.once('message', () => refuseMessage(call));
      return call.springs('fork-socket-dies') ? killLater(call, socket) : () => {};
    },
  };
  const run = call.springs('fork-never-connects') ? neverConnect : runStream;
  const done = run(call, plan).finally(() => call.forks.delete(sid));
  const { name, tracks } = fork;
  const started = { sid, name, tracks, controller, done };
  call.forks.set(sid, started);
  call.track(done);
  return started;
}

/** Ends a stream: its server gets `stop`, then the close. Its name and its tracks are free at once. */
export function stopFork(call: Call, fork: ForkedStream): void {
  call.forks.delete(fork.sid);
  fork.controller.abort();
}

/** Ends what still listens when a call ends. */
export async function stopForksOf(call: Call): Promise<void> {
  const forks = [...call.forks.values()];
  for (const fork of forks) stopFork(call, fork);
  await Promise.all(forks.map(({ done }) => done));
}

async function neverConnect(call: Call, plan: StreamPlan): Promise<void> {
  const waited = await call.line.wait(HANDSHAKE_MS, plan.signal);
  if (waited === 'done') return reportStreamFailure(call, plan, { code: 31_901, message: 'handshake timed out' });
  call.note('fork-abandoned', { streamSid: plan.streamSid });
}

function killLater(call: Call, socket: WebSocket): () => void {
  const untilMs = call.line.nowMs + SOCKET_LIFE_MS;
  return call.line.onFrame(({ atMs }) => {
    if (atMs >= untilMs) socket.terminate();
  });
}

/** A server that says anything on a unidirectional stream breaks its protocol: 31924, once a stream; nothing comes of it. */
function refuseMessage(call: Call): void {
  const message = 'message to a unidirectional stream';
  call.violations.push({ code: 31_924, message, atMs: call.line.nowMs });
  call.alert(31_924, message);
}
