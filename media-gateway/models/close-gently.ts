import { WebSocket } from 'ws';

const CLOSE_WITHIN_MS = 300;

/** A half-open peer never answers the closing handshake, and a caller waits meanwhile: the socket is soon cut. */
export function closeGently(socket: WebSocket | undefined): Promise<void> {
  if (!socket || socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1000);
  });
}
