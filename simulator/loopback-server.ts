import type http from 'node:http';
import type net from 'node:net';

/** Starts the server on 127.0.0.1, 0 being any free port, and tells its base URL. */
export async function listenOnLoopback(server: net.Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new RangeError('server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Ends the server and every connection to it. */
export async function closeServer(server: http.Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
