import type { IncomingMessage, ServerResponse } from 'node:http';

const MOST_BODY_BYTES = 1024 * 1024;

/** The whole body of a request as text; undefined when it is larger than 1 MB. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers with a file. */
export function sendFile(response: ServerResponse, contentType: string, file: Buffer | string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(file) });
  response.end(file);
}
