import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface StubbornProcess {
  /** For `node -e`: runs until it is killed, whatever gentler signal it gets. */
  code: string;
  /** Resolves when it runs. */
  running: Promise<{ ended: Promise<void> }>;
  close: () => void;
}

/** For tests: a process that takes SIGKILL alone. Its end is seen from its socket, so that nobody has to be its parent. */
export async function stubbornProcess(): Promise<StubbornProcess> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const connected: Promise<Socket[]> = once(server, 'connection');
  return {
    code: `process.on('SIGTERM', () => {}); require('node:net').connect(${port}, '127.0.0.1');`,
    running: connected.then(([socket]) => ({ ended: socket ? closed(socket) : Promise.resolve() })),
    close: () => void server.close(),
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
}
