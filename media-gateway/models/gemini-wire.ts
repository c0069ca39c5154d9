import { decodeBase64 } from '../audio/base64.ts';
import type { ServerMessage } from './gemini-messages.ts';

const DATA_KEY = Buffer.from('"data"');
const QUOTE = 0x22;
const COLON = 0x3a;
const SHORTEST = 400; // below that it costs less to parse all of it

/**
 * Reads one message of the vendor, whatever its layout; throws on what is no JSON. Nearly all bytes of a call are audio: a
 * long piece of that is cut out and decoded from where it stands, so that neither it nor its message becomes a string.
 */
export function readServerMessage(bytes: Buffer): ServerMessage {
  const [from, to] = longData(bytes);
  if (to - from < SHORTEST) return JSON.parse(bytes.toString());
  const audio = Buffer.allocUnsafe(Math.floor((to - from) * 0.75));
  const length = decodeBase64(bytes, from, to, audio);
  if (length === undefined) return JSON.parse(bytes.toString());
  const message: ServerMessage = JSON.parse(bytes.toString('utf8', 0, from) + bytes.toString('utf8', to));
  const emptied = message.serverContent?.modelTurn?.parts?.filter(({ inlineData }) => inlineData?.data === '') ?? [];
  const [part] = emptied;
  if (emptied.length !== 1 || !part?.inlineData) return JSON.parse(bytes.toString());
  part.inlineData.audio = audio.subarray(0, length);
  return message;
}

/** Where the first value of a `data` stands between its quotes; nothing where there is none. */
function longData(bytes: Buffer): [from: number, to: number] {
  const key = bytes.indexOf(DATA_KEY);
  if (key === -1) return [0, 0];
  let at = afterSpace(bytes, key + DATA_KEY.length);
  if (bytes[at] !== COLON) return [0, 0];
  at = afterSpace(bytes, at + 1);
  if (bytes[at] !== QUOTE) return [0, 0];
  return [at + 1, bytes.indexOf(QUOTE, at + 1)];
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
