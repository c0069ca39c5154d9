import type { Call } from './call.ts';
import { SILENT_FRAME } from './mulaw.ts';
import { newSid } from './sids.ts';
import { openStreamSocket, type StreamAddress } from './stream-request.ts';
import { createStreamSender } from './stream-sender.ts';

const PATIENCE_MS = 5000;

/**
 * The trap of a second stream for a call whose first one is alive, with the same parameters: says `start`, sends
 * silence, and notes how the server ended it (`second-socket-closed` with the close code; 0: it was let be).
 */
export async function openSecondSocket(
  call: Call,
  address: Extract<StreamAddress, { ok: true }>,
  customParameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const socket = await openStreamSocket(call, address, signal);
  if (!('readyState' in socket)) return call.note('second-socket-refused', { ...socket });
  const streamSid = newSid('MZ');
  const sender = createStreamSender(socket, call, streamSid, { jitter: false, tracks: ['inbound'] });
  call.note('second-socket-opened', { streamSid });
  sender.begin(customParameters);
  const patience = new AbortController();
  const stopFrames = call.line.onFrame(() => {
    if (socket.readyState === socket.OPEN) sender.media({ said: SILENT_FRAME, heard: SILENT_FRAME });
  });
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      resolve(code);
      patience.abort();
    });
  });
  await call.line.wait(PATIENCE_MS, AbortSignal.any([signal, patience.signal]));
  stopFrames();
  const leftOpen = socket.readyState === socket.OPEN;
  if (leftOpen) {
    sender.stop();
    socket.close(1000);
    call.note('second-socket-closed', { streamSid, code: 0 });
    return;
  }
  call.note('second-socket-closed', { streamSid, code: await closed });
}
