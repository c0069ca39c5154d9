/**
 * The carrier's media messages without a JSON parser on the way: fifty a second and call arrive, all of one form.
 * Whatever looks different in any byte goes through `JSON.parse` in the caller of this module.
 */

import { decodeBase64 } from './base64.ts';

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
const decoded = new Uint8Array(MAX_FRAME_SAMPLES);
let latest = decoded.subarray(0, 160); // all frames of a carrier are of one length: a view for each would be garbage

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
    const length = decodeBase64(message, load + LOAD.length, payloadEnd, decoded);
    if (length === undefined) return undefined;
    if (latest.length !== length) latest = decoded.subarray(0, length);
    return { timestampMs: numberAt(message, time + TIME.length, load), mulaw: latest };
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
