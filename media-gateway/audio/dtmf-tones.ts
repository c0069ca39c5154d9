import { encodeMulaw } from './mulaw.ts';

const ROWS_HZ = [697, 770, 852, 941];
const COLUMNS_HZ = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];
const TONE_SAMPLES = 960; // 120 ms, and as much silence: receivers want at least 40 ms of each
const AMPLITUDE = 6000; // each of the two tones at about -15 dB

/** µ-law tones of the digits, in order; what is no digit of a keypad is left out. */
export function dtmfTones(digits: string): Uint8Array {
  const pcm = [...digits].flatMap((digit) => {
    const row = KEYS.findIndex((keys) => keys.includes(digit.toUpperCase()));
    const column = KEYS[row]?.indexOf(digit.toUpperCase()) ?? -1;
    return column === -1 ? [] : [...tone(ROWS_HZ[row] ?? 0, COLUMNS_HZ[column] ?? 0), ...new Int16Array(TONE_SAMPLES)];
  });
  return encodeMulaw(Int16Array.from(pcm));
}

function tone(lowHz: number, highHz: number): Int16Array {
  return Int16Array.from({ length: TONE_SAMPLES }, (_, i) => {
    const phase = (2 * Math.PI * i) / 8000;
    return AMPLITUDE * (Math.sin(lowHz * phase) + Math.sin(highHz * phase));
  });
}
