/** What is in a WAV file, as far as a carrier must know to play it. Format: RIFF WAVE, `fmt ` and `data` chunks. */
const pcm = 1;
const mulaw = 7;
const formatBytes = 16;
/** Where the sound begins after the smallest head. */
const dataAt = 44;

/** How long a recording lasts, or why a carrier could not play it; the reason is for the person who brought the file. */
export type WavFacts = { durationMs: number } | { fault: string };

/** Takes 16-bit PCM and mu-law, mono or stereo, from 8 kHz up. */
export function readWav(file: Uint8Array): WavFacts {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WAVE') return { fault: 'it is no WAV file' };
  const format = chunkOf(view, 'fmt ');
  const data = chunkOf(view, 'data');
  if (!format || format.byteLength < 16 || !data) return { fault: 'it is a WAV file that is cut short' };
  const [encoding, channels] = [format.getUint16(0, true), format.getUint16(2, true)];
  const [rateHz, bits] = [format.getUint32(4, true), format.getUint16(14, true)];
  const isKnown = (encoding === pcm && bits === 16) || (encoding === mulaw && bits === 8);
  if (!isKnown || channels < 1 || channels > 2 || rateHz < 8000 || rateHz > 48_000)
    return { fault: 'it must be 16-bit PCM or mu-law, mono or stereo, with 8 to 48 kHz' };
  const durationMs = Math.round((data.byteLength / ((bits / 8) * channels * rateHz)) * 1000);
  return durationMs > 0 ? { durationMs } : { fault: 'it holds no sound' };
}

/** The first part of a WAV file that `readWav` takes. */
export function cutWav(file: Uint8Array, lengthMs: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const format = chunkOf(view, 'fmt ');
  const data = chunkOf(view, 'data');
  if (!format || !data) throw new RangeError('it is no WAV file');
  // By what the sound is made of: the rate of bytes that a file gives may be wrong, and nobody plays by it.
  const frameBytes = (format.getUint16(14, true) / 8) * format.getUint16(2, true);
  const wanted = Math.floor((lengthMs * format.getUint32(4, true)) / 1000) * frameBytes;
  const sound = Math.min(wanted, data.byteLength);
  const cut = new Uint8Array(dataAt + sound);
  const head = new DataView(cut.buffer);
  const write = (at: number, text: string): void => cut.set(new TextEncoder().encode(text), at);
  write(0, 'RIFF');
  head.setUint32(4, dataAt - 8 + sound, true);
  write(8, 'WAVEfmt ');
  head.setUint32(16, formatBytes, true);
  cut.set(new Uint8Array(format.buffer, format.byteOffset, formatBytes), 20);
  write(36, 'data');
  head.setUint32(40, sound, true);
  cut.set(new Uint8Array(data.buffer, data.byteOffset, sound), dataAt);
  return cut;
}

function textAt(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return '';
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}

/** A chunk that says to be longer than the file has what there is: so do files that were streamed. */
function chunkOf(view: DataView, id: string): DataView | undefined {
  for (let at = 12; at + 8 <= view.byteLength;) {
    const length = view.getUint32(at + 4, true);
    const from = at + 8;
    if (textAt(view, at) === id)
      return new DataView(view.buffer, view.byteOffset + from, Math.min(length, view.byteLength - from));
    at = from + length + (length % 2);
  }
  return undefined;
}
