import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** The carrier's messages by their documented form. Unknown fields are let through: the vendor adds some now and then. */
const StreamId = Type.String({ pattern: '^MZ[0-9a-fA-F]{32}$' });

const Start = Type.Object({
  event: Type.Literal('start'),
  streamSid: StreamId,
  start: Type.Object({
    accountSid: Type.String({ maxLength: 64 }),
    callSid: Type.String({ maxLength: 64 }),
    mediaFormat: Type.Object({
      encoding: Type.Literal('audio/x-mulaw'),
      sampleRate: Type.Literal(8000),
      channels: Type.Literal(1),
    }),
    customParameters: Type.Record(Type.String(), Type.String({ maxLength: 500 })),
  }),
});
const Connected = Type.Object({ event: Type.Literal('connected') });
const Media = Type.Object({
  event: Type.Literal('media'),
  streamSid: StreamId,
  media: Type.Object({
    track: Type.Literal('inbound'),
    timestamp: Type.String({ pattern: '^[0-9]{1,12}$' }),
    payload: Type.String({ maxLength: 12_000 }),
  }),
});
const Mark = Type.Object({
  event: Type.Literal('mark'),
  streamSid: StreamId,
  mark: Type.Object({ name: Type.String({ maxLength: 100 }) }),
});
const Dtmf = Type.Object({
  event: Type.Literal('dtmf'),
  streamSid: StreamId,
  dtmf: Type.Object({ digit: Type.String({ pattern: '^[0-9A-D*#]$' }) }),
});
const Stop = Type.Object({ event: Type.Literal('stop'), streamSid: StreamId });

const opening = Compile(Type.Union([Connected, Start]));
const streaming = Compile(Type.Union([Media, Mark, Dtmf, Stop]));

export type OpeningMessage = Type.Static<typeof Connected> | Type.Static<typeof Start>;
export type StartMessage = Type.Static<typeof Start>;
export type StreamingMessage =
  | Type.Static<typeof Media>
  | Type.Static<typeof Mark>
  | Type.Static<typeof Dtmf>
  | Type.Static<typeof Stop>;

/** A message that may stand before and at the beginning of a stream; undefined for anything else. */
export function readOpening(message: Buffer): OpeningMessage | undefined {
  const value = parse(message);
  return opening.Check(value) ? value : undefined;
}

/** A message of a stream that has begun; undefined for anything else. */
export function readStreaming(message: Buffer): StreamingMessage | undefined {
  const value = parse(message);
  return streaming.Check(value) ? value : undefined;
}

function parse(message: Buffer): unknown {
  try {
    return JSON.parse(message.toString('utf8'));
  } catch {
    return undefined;
  }
}
