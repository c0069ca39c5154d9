import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrierMessages, createMediaFrameReader, MAX_FRAME_SAMPLES } from './media-frame.ts';

const STREAM = 'MZ0123456789abcdef0123456789abcdef';
const read = createMediaFrameReader(STREAM);

describe('media frame reader', () => {
  it('reads what JSON would read, for audio of any length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(4_000_000),
        fc.nat(4_000_000),
        (audio, sequence, timestamp) => {
          const frame = read(message({ audio, sequence, timestamp }));
          expect(frame?.timestampMs).toBe(timestamp);
          expect(Buffer.compare(frame?.mulaw ?? Buffer.of(1, 2), audio)).toBe(0);
        },
      ),
    );
  });

  it.each([
    ['another order of fields', JSON.stringify({ streamSid: STREAM, event: 'media', media: { payload: '/w==' } })],
    ['another stream', text({}).replace(STREAM, STREAM.replace('0', 'f'))],
    ['another track', text({}).replace('"inbound"', '"outbound"')],
    ['a field more', text({}).replace('"media":{', '"media":{"x":1,')],
    ['characters that are no base64', text({}).replace('/', '*')],
    ['padding in the middle', text({ audio: Buffer.alloc(9) }).replace('AAAA', 'AA==')],
    ['a length that is no base64', text({}).replace('/w==', '/w=')],
    ['a timestamp that is no number', text({}).replace('"timestamp":"40"', '"timestamp":"-40"')],
    ['an empty timestamp', text({}).replace('"timestamp":"40"', '"timestamp":""')],
    ['more than a second of audio', text({ audio: Buffer.alloc(MAX_FRAME_SAMPLES + 1) })],
    ['nothing', ''],
    ['half of a message', text({}).slice(0, 60)],
    ['another event', `{"event":"mark","sequenceNumber":"4","streamSid":"${STREAM}","mark":{"name":"1.160"}}`],
  ])('leaves %s to the general parser', (_, other) => {
    expect(read(Buffer.from(other))).toBeUndefined();
  });
});

describe('messages to the carrier', () => {
  it('hold exactly the documented fields', () => {
    const messages = carrierMessages(STREAM);
    const inside = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
    expect(JSON.parse(messages.media(inside))).toEqual({
      event: 'media',
      streamSid: STREAM,
      media: { payload: 'AQID' },
    });
    expect(JSON.parse(messages.mark('1.160'))).toEqual({ event: 'mark', streamSid: STREAM, mark: { name: '1.160' } });
    expect(JSON.parse(messages.clear)).toEqual({ event: 'clear', streamSid: STREAM });
  });
});

interface Fields {
  audio?: Uint8Array;
  sequence?: number;
  timestamp?: number;
}

function text({ audio = Uint8Array.of(0xff), sequence = 3, timestamp = 40 }: Fields): string {
  const media = {
    track: 'inbound',
    chunk: '2',
    timestamp: String(timestamp),
    payload: Buffer.from(audio).toString('base64'),
  };
  return JSON.stringify({ event: 'media', sequenceNumber: String(sequence), media, streamSid: STREAM });
}

function message(fields: Fields): Buffer {
  return Buffer.from(text(fields));
}
