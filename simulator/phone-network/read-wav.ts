import { encodeMulaw } from './mulaw.ts';

const PCM = 1;
const MULAW = 7;
const TELEPHONE_RATE_HZ = 8000;

/** Reads a mono or stereo WAV (16-bit PCM at any rate, or mu-law at 8 kHz) as mu-law; undefined when it is none. */
export function readTelephoneWav(file: Buffer): Uint8Array | undefined {
  if (file.length < 44 || file.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  const format = chunkOf(file, 'fmt ');
  const data = chunkOf(file, 'data');
  if (!format || format.length < 16 || !data) return undefined;
  const [encoding, channels, rateHz] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt32LE(4)];
  if (encoding === MULAW && channels === 1 && rateHz === TELEPHONE_RATE_HZ) return data;
  if (encoding !== PCM || format.readUInt16LE(14) !== 16 || channels === 0 || rateHz === 0) return undefined;
  const frames = Math.floor(data.length / (2 * channels));
  const sampleAt = (frame: number): number => (frame < frames ? data.readInt16LE(frame * 2 * channels) : 0);
  const step = rateHz / TELEPHONE_RATE_HZ;
  return encodeMulaw(
    Int16Array.from({ length: Math.floor(frames / step) }, (_, n) => {
      const whole = Math.floor(n * step);
      const part = n * step - whole;
      return Math.round(sampleAt(whole) * (1 - part) + sampleAt(whole + 1) * part);
    }),
  );
}

function chunkOf(file: Buffer, id: string): Buffer | undefined {
  for (let at = 12; at + 8 <= file.length;) {
    const length = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === id) return file.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return undefined;
}
