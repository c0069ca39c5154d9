/** A recording of this length in one tone of voice: mono mu-law, eight bytes a millisecond. */
export function madeUpWav(durationMs: number, sample = 0x7f): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF____WAVEfmt ');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(7, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(durationMs * 8, 40);
  return Buffer.concat([head, Buffer.alloc(durationMs * 8, sample)]);
}
