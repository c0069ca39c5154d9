/** Reads 16-bit little-endian PCM out of chunks of bytes that may end in the middle of a sample. */
export interface Pcm16Reader {
  /** The whole samples so far unread. They may share memory with `bytes`: use them before it changes. */
  read(bytes: Uint8Array): Int16Array;
  /** Forgets half a sample that the last chunk left, as when a new piece of speech begins. */
  reset(): void;
}

/** One reader for one stream of a model's audio. Every platform that Node runs on is little-endian. */
export function createPcm16Reader(): Pcm16Reader {
  let carried: number | undefined;
  return {
    read(bytes) {
      const total = bytes.length + (carried === undefined ? 0 : 1);
      const samples = total >> 1;
      const aligned = carried === undefined && bytes.byteOffset % 2 === 0;
      const pcm = aligned ? new Int16Array(bytes.buffer, bytes.byteOffset, samples) : copied(carried, bytes, samples);
      carried = total % 2 === 1 ? bytes[bytes.length - 1] : undefined;
      return pcm;
    },
    reset() {
      carried = undefined;
    },
  };
}

function copied(carried: number | undefined, bytes: Uint8Array, samples: number): Int16Array {
  const pcm = new Int16Array(samples);
  const target = new Uint8Array(pcm.buffer);
  const lead = carried === undefined ? 0 : 1;
  if (carried !== undefined && samples > 0) target[0] = carried;
  target.set(bytes.subarray(0, Math.max(0, 2 * samples - lead)), samples > 0 ? lead : 0);
  return pcm;
}
