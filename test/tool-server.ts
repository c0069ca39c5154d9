import { once } from 'node:events';
import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ToolServer {
  url: string;
  host: string;
  received: ReceivedRequest[];
  /** Answers the next requests; a path without an answer gets 200 and `{}`. */
  answers: Map<string, (response: ServerResponse) => void>;
  close: () => Promise<void>;
}

/** An HTTP server on loopback that keeps what it was asked. */
export async function startToolServer(): Promise<ToolServer> {
  const received: ReceivedRequest[] = [];
  const answers: ToolServer['answers'] = new Map();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.get(url.split('?', 1)[0] ?? '');
      if (answer) answer(response);
      else json(response, 200, {});
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the tool server has no port');
  const host = `127.0.0.1:${address.port}`;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://${host}`, host, received, answers, close };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
