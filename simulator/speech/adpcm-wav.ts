/** Sound of one channel, signed 16 bit. */
export interface Recording {
  readonly sampleRateHz: number;
  readonly pcm: Int16Array;
}

// IMA ADPCM as in Microsoft's "Multimedia Data Standards Update" (WAVE format 0x11).
const stepSizes = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const indexMoves = [-1, -1, -1, -1, 2, 4, 6, 8];

/** Reads a mono WAV file in IMA ADPCM (format 0x11); throws a RangeError on anything else. */
export function decodeAdpcmWav(file: Uint8Array): Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks = chunksOf(view);
  const format = chunkAt(chunks, 'fmt ');
  if (view.getUint16(format.at, true) !== 0x11 || view.getUint16(format.at + 2, true) !== 1) {
    throw new RangeError('expected IMA ADPCM with one channel');
  }
  const sampleRateHz = view.getUint32(format.at + 4, true);
  const blockBytes = view.getUint16(format.at + 12, true);
  const total = view.getUint32(chunkAt(chunks, 'fact').at, true);
  const data = chunkAt(chunks, 'data');
  const pcm = new Int16Array(total);
  let done = 0;
  for (let at = data.at; at < data.at + data.size && done < total; at += blockBytes) {
    done += decodeBlock(view, at, blockBytes, pcm.subarray(done));
  }
  return { sampleRateHz, pcm };
}

function decodeBlock(view: DataView, at: number, blockBytes: number, out: Int16Array): number {
  let predicted = view.getInt16(at, true);
  let index = view.getUint8(at + 2);
  out[0] = predicted;
  let n = 1;
  for (let byteAt = at + 4; byteAt < at + blockBytes && n < out.length; byteAt++) {
    const pair = view.getUint8(byteAt);
    for (const code of [pair & 15, pair >> 4]) {
      const step = stepSizes[index] ?? 0;
      let delta = step >> 3;
      if (code & 4) delta += step;
      if (code & 2) delta += step >> 1;
      if (code & 1) delta += step >> 2;
      predicted = Math.max(-32768, Math.min(32767, code & 8 ? predicted - delta : predicted + delta));
      index = Math.max(0, Math.min(88, index + (indexMoves[code & 7] ?? 0)));
      if (n < out.length) out[n++] = predicted;
    }
  }
  return Math.min(n, out.length);
}

interface Chunk {
  readonly at: number;
  readonly size: number;
}

function chunksOf(view: DataView): Map<string, Chunk> {
  const chunks = new Map<string, Chunk>();
  let at = 12;
  while (at + 8 <= view.byteLength) {
    const name = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
    const size = view.getUint32(at + 4, true);
    chunks.set(name, { at: at + 8, size });
    at += 8 + size + (size & 1);
  }
  return chunks;
}

function chunkAt(chunks: ReadonlyMap<string, Chunk>, name: string): Chunk {
  const chunk = chunks.get(name);
  if (!chunk) throw new RangeError(`the WAV file has no "${name}" chunk`);
  return chunk;
}
