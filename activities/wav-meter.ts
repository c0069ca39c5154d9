/** What a WAV file says of itself, looked at while it passes through. */
export interface WavFacts {
  bytes: number;
  channels: number;
  durationMs: number;
}

/** Far more than a carrier's header takes. */
const headBytes = 4096;

export function createWavMeter() {
  let head = Buffer.alloc(0);
  let bytes = 0;
  return {
    through: async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const part of content) {
        if (head.length < headBytes) head = Buffer.concat([head, part.subarray(0, headBytes)]);
        bytes += part.length;
        yield part;
      }
    },
    /** Undefined where it is no WAV file. */
    facts: (): WavFacts | undefined => {
      const format = chunkOf(head, 'fmt ');
      const data = chunkOf(head, 'data');
      if (head.toString('latin1', 0, 4) !== 'RIFF' || format === undefined || data === undefined) return undefined;
      const byteRate = head.readUInt32LE(format + 8);
      if (byteRate === 0) return undefined;
      return { bytes, channels: head.readUInt16LE(format + 2), durationMs: ((bytes - data) / byteRate) * 1000 };
    },
  };
}

/** Where the content of a chunk begins. */
function chunkOf(head: Buffer, name: string): number | undefined {
  for (let at = 12; at + 8 <= head.length; at += 8 + even(head.readUInt32LE(at + 4)))
    if (head.toString('latin1', at, at + 4) === name) return at + 8;
  return undefined;
}

const even = (length: number): number => length + (length % 2);
