/**
 * The carrier's media messages without a JSON parser on the way: fifty a second and call arrive, all of one form.
 * Whatever looks different in any byte goes through `JSON.parse` in the caller of this module.
 */

/** A media message of the usual form, its audio already decoded. */
export interface MediaFrame {
  readonly timestampMs: number;
  /** µ-law; valid until the next frame is read. */
  readonly mulaw: Uint8Array;
}

/** Reads the media messages of one stream by position; undefined for whatever is of another form. */
export type MediaFrameReader = (message: Buffer) => MediaFrame | undefined;

/** The longest audio of one message that is read, in samples: a second. */
export const MAX_FRAME_SAMPLES = 8000;

const HEAD = Buffer.from('{"event":"media","sequenceNumber":"');
const BODY = Buffer.from('","media":{"track":"inbound","chunk":"');
const TIME = Buffer.from('","timestamp":"');
const LOAD = Buffer.from('","payload":"');
const QUOTE = 0x22;
const PADDING = 0x3d;
const INVALID = 0xff;
const SEXTETS = Uint8Array.from({ length: 256 }, (_, code) => sextetOf(code));
const decoded = new Uint8Array(MAX_FRAME_SAMPLES);

/** A reader bound to one stream: another stream's messages are of another form. */
export function createMediaFrameReader(streamSid: string): MediaFrameReader {
  const tail = Buffer.from(`"},"streamSid":"${streamSid}"}`);
  return (message) => {
    const payloadEnd = message.length - tail.length;
    if (payloadEnd < HEAD.length || !matches(message, HEAD, 0) || !matches(message, tail, payloadEnd)) return undefined;
    const body = digitsEnd(message, HEAD.length);
    if (!matches(message, BODY, body)) return undefined;
    const time = digitsEnd(message, body + BODY.length);
    if (!matches(message, TIME, time)) return undefined;
    const load = digitsEnd(message, time + TIME.length);
    if (load === time + TIME.length || !matches(message, LOAD, load)) return undefined;
    const length = decodeBase64(message, load + LOAD.length, payloadEnd);
    if (length === undefined) return undefined;
    return { timestampMs: numberAt(message, time + TIME.length, load), mulaw: decoded.subarray(0, length) };
  };
}

/** Writes the messages to one stream. */
export interface CarrierMessages {
  media(mulaw: Uint8Array): string;
  mark(name: string): string;
  readonly clear: string;
}

/** Stream ids and mark names are ours or checked: they hold nothing that JSON would escape. */
export function carrierMessages(streamSid: string): CarrierMessages {
  const media = `{"event":"media","streamSid":"${streamSid}","media":{"payload":"`;
  const mark = `{"event":"mark","streamSid":"${streamSid}","mark":{"name":"`;
  return {
    media: (mulaw) => `${media}${Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.length).toString('base64')}"}}`,
    mark: (name) => `${mark}${name}"}}`,
    clear: `{"event":"clear","streamSid":"${streamSid}"}`,
  };
}

function matches(message: Buffer, part: Buffer, at: number): boolean {
  if (at + part.length > message.length) return false;
  for (let i = 0; i < part.length; i++) if (message[at + i] !== part[i]) return false;
  return true;
}

function digitsEnd(message: Buffer, from: number): number {
  let at = from;
  while (isDigit(message[at])) at++;
  return at;
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39;
}

function numberAt(message: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = 10 * value + (message[at] ?? 0x30) - 0x30;
  return value;
}

/** Decodes into the shared buffer; undefined where it is no padded base64 or too long. */
function decodeBase64(message: Buffer, from: number, to: number): number | undefined {
  if ((to - from) % 4 !== 0 || (to - from) * 0.75 > MAX_FRAME_SAMPLES) return undefined;
  const padding = to === from || message[to - 1] !== PADDING ? 0 : message[to - 2] === PADDING ? 2 : 1;
  let length = 0;
  for (let at = from; at < to; at += 4) {
    const last = at + 4 === to ? padding : 0;
    const a = SEXTETS[message[at] ?? QUOTE] ?? INVALID;
    const b = SEXTETS[message[at + 1] ?? QUOTE] ?? INVALID;
    const c = last === 2 ? 0 : (SEXTETS[message[at + 2] ?? QUOTE] ?? INVALID);
    const d = last > 0 ? 0 : (SEXTETS[message[at + 3] ?? QUOTE] ?? INVALID);
    if ((a | b | c | d) === INVALID) return undefined;
    decoded[length] = (a << 2) | (b >> 4);
    decoded[length + 1] = (b << 4) | (c >> 2);
    decoded[length + 2] = (c << 6) | d;
    length += 3 - last;
  }
  return length;
}

function sextetOf(code: number): number {
  const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(code));
  return value === -1 ? INVALID : value;
}
