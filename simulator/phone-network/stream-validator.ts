/** What a server may send on a bidirectional media stream. */
export type StreamMessage = { event: 'media'; audio: Buffer } | { event: 'mark'; name: string } | { event: 'clear' };

/** A message that the network refuses, with its error code, or one that it plays although no caller would want it. */
export interface StreamViolation {
  code: 31924 | 31950 | 31951 | 31931 | null;
  message: string;
}

export type ValidatedMessage =
  | { ok: true; message: StreamMessage; remark?: StreamViolation }
  | { ok: false; violation: StreamViolation };

const MEDIA_KEYS = ['event', 'streamSid', 'media'];
const MARK_KEYS = ['event', 'streamSid', 'mark'];
const CLEAR_KEYS = ['event', 'streamSid'];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads one message from the server as strictly as the network does: binary frames are malformed (31950); text that
 * is no JSON, an unknown event, a missing, extra or mistyped field, another stream's id are invalid (31951).
 */
export function validateStreamMessage(data: Buffer, isBinary: boolean, streamSid: string): ValidatedMessage {
  if (isBinary) return { ok: false, violation: { code: 31950, message: 'binary frame' } };
  const parsed = parseJson(data.toString('utf8'));
  if (!isRecord(parsed)) return invalid('not a JSON object');
  switch (parsed.event) {
    case 'media':
      return problemOf(parsed, MEDIA_KEYS, streamSid) ?? readMedia(parsed.media);
    case 'mark':
      return problemOf(parsed, MARK_KEYS, streamSid) ?? readMark(parsed.mark);
    case 'clear':
      return problemOf(parsed, CLEAR_KEYS, streamSid) ?? { ok: true, message: { event: 'clear' } };
    default:
      return invalid(`unknown event ${JSON.stringify(parsed.event)}`);
  }
}

function problemOf(message: Record<string, unknown>, keys: readonly string[], streamSid: string) {
  const extra = Object.keys(message).find((key) => !keys.includes(key));
  if (extra !== undefined) return invalid(`unknown field ${extra}`);
  if (message.streamSid !== streamSid) return invalid('streamSid is not that of this stream');
  return undefined;
}

function readMedia(media: unknown): ValidatedMessage {
  if (!isRecord(media) || typeof media.payload !== 'string') return invalid('media.payload is missing');
  const extra = Object.keys(media).find((key) => key !== 'payload');
  if (extra !== undefined) return invalid(`unknown field media.${extra}`);
  if (media.payload.length % 4 !== 0 || !BASE64.test(media.payload)) return invalid('media.payload is not base64');
  const audio = Buffer.from(media.payload, 'base64');
  const message = { event: 'media', audio } as const;
  const start = audio.toString('latin1', 0, 4);
  if (start !== 'RIFF' && start !== '.snd') return { ok: true, message };
  return { ok: true, message, remark: { code: null, message: 'audio file header is played as noise' } };
}

function readMark(mark: unknown): ValidatedMessage {
  if (!isRecord(mark) || typeof mark.name !== 'string') return invalid('mark.name is missing');
  const extra = Object.keys(mark).find((key) => key !== 'name');
  if (extra !== undefined) return invalid(`unknown field mark.${extra}`);
  return { ok: true, message: { event: 'mark', name: mark.name } };
}

function invalid(message: string): { ok: false; violation: StreamViolation } {
  return { ok: false, violation: { code: 31951, message } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
