/** Digital silence in G.711 mu-law. */
export const MULAW_SILENCE = 0xff;
/** Samples in one frame of 20 ms at 8 kHz. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;
export const SAMPLES_PER_MS = 8;

const BIAS = 0x84;
const CLIP = 32635;

const decoded = Int16Array.from({ length: 256 }, (_, code) => expand(code));
const encoded = Uint8Array.from({ length: 65_536 }, (_, bits) => compress(bits >= 32_768 ? bits - 65_536 : bits));
/** Squares of the decoded samples, for energy without decoding. */
const squares = Float64Array.from(decoded, (sample) => sample * sample);

function expand(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4);
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}

function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** Expands mu-law codes to 16-bit PCM. */
export function decodeMulaw(codes: Uint8Array): Int16Array {
  return Int16Array.from(codes, (code) => decoded[code] ?? 0);
}

/** Compresses 16-bit PCM to mu-law codes. */
export function encodeMulaw(pcm: Int16Array): Uint8Array {
  return Uint8Array.from(pcm, (sample) => encoded[sample & 0xffff] ?? MULAW_SILENCE);
}

/** Root mean square of the samples, in 16-bit PCM units. */
export function rmsOfMulaw(codes: Uint8Array): number {
  if (codes.length === 0) return 0;
  let sum = 0;
  for (const code of codes) sum += squares[code] ?? 0;
  return Math.sqrt(sum / codes.length);
}

/** Whether a listener would hear anything: above about -44 dBFS. */
export function isAudible(codes: Uint8Array): boolean {
  return rmsOfMulaw(codes) > AUDIBLE_RMS;
}

const AUDIBLE_RMS = 200;

/** A buffer of mu-law silence. */
export function mulawSilence(samples: number): Uint8Array {
  return new Uint8Array(samples).fill(MULAW_SILENCE);
}

/** The one shared frame of silence; nobody may write to it. */
export const SILENT_FRAME: Uint8Array = mulawSilence(FRAME_SAMPLES);
