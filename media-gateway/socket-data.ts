import type { RawData } from 'ws';

/** A message as one buffer, whichever way the socket gives it. It may lie in what was read from the socket. */
export function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
