/** A RIFF/WAVE file of 16-bit PCM; every channel is padded with silence to the longest. */
export function encodeWav(channels: readonly Int16Array[], sampleRateHz: number): Buffer {
  const frames = Math.max(0, ...channels.map((channel) => channel.length));
  const blockBytes = channels.length * 2;
  const file = Buffer.alloc(HEADER_BYTES + frames * blockBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels.length, 22);
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(sampleRateHz * blockBytes, 28);
  file.writeUInt16LE(blockBytes, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(frames * blockBytes, 40);
  channels.forEach((channel, index) => {
    let at = HEADER_BYTES + index * 2;
    for (const sample of channel) {
      file.writeInt16LE(sample, at);
      at += blockBytes;
    }
  });
  return file;
}

const HEADER_BYTES = 44;
