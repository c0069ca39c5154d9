import { encodeMulaw } from './mulaw.ts';

const RATE_HZ = 8000;
const DTMF_ROWS_HZ = [697, 770, 852, 941];
const DTMF_COLUMNS_HZ = [1209, 1336, 1477, 1633];
const DTMF_KEYS = ['123A', '456B', '789C', '*0#D'];

/** A sum of sines as mu-law at 8 kHz with 5 ms ramps, so that it neither clips nor clicks. */
export function tone(frequenciesHz: readonly number[], durationMs: number, amplitude = 6000): Uint8Array {
  const samples = Math.round((durationMs * RATE_HZ) / 1000);
  const ramp = Math.min(40, samples / 2);
  const pcm = Int16Array.from({ length: samples }, (_, n) => {
    const envelope = Math.min(1, n / ramp, (samples - 1 - n) / ramp);
    const sum = frequenciesHz.reduce((total, hz) => total + Math.sin((2 * Math.PI * hz * n) / RATE_HZ), 0);
    return Math.round((envelope * amplitude * sum) / Math.max(1, frequenciesHz.length));
  });
  return encodeMulaw(pcm);
}

export type MachineTone = 'beep' | 'fax';

/** The beep after which an answering machine records, or a called fax's answer (ITU-T T.30: 2100 Hz). */
export function machineTone(kind: MachineTone): Uint8Array {
  return kind === 'beep' ? tone([1000], 500) : tone([2100], 3000);
}

/** The key tones of a string of digits; `w` is half a second of silence. Each tone and each gap lasts 100 ms. */
export function dtmfTones(digits: string): Uint8Array {
  return joinAudio(
    [...digits].flatMap((digit) => {
      if (digit === 'w') return [tone([], 500)];
      return [tone(dtmfFrequencies(digit), 100), tone([], 100)];
    }),
  );
}

function dtmfFrequencies(digit: string): number[] {
  const row = DTMF_KEYS.findIndex((keys) => keys.includes(digit));
  const column = DTMF_KEYS[row]?.indexOf(digit) ?? -1;
  return [DTMF_ROWS_HZ[row], DTMF_COLUMNS_HZ[column]].filter((hz) => hz !== undefined);
}

/** Joins pieces of audio in order. */
export function joinAudio(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
