/** µ-law (G.711) code of digital silence, +0. */
export const MULAW_SILENCE = 0xff;

const BIAS = 0x84;
const CLIP = 32_635;
const EXPANDED = Int16Array.from({ length: 256 }, (_, code) => expand(code));
const COMPRESSED = Uint8Array.from({ length: 65_536 }, (_, bits) => compress((bits << 16) >> 16));

/** Expands 8-bit µ-law (G.711) to 16-bit PCM. Pass one `pcm` for the whole call to spare the allocator. */
export function decodeMulaw(mulaw: Uint8Array, pcm = new Int16Array(mulaw.length)): Int16Array {
  if (pcm.length < mulaw.length) throw new RangeError(`pcm holds ${pcm.length} of ${mulaw.length}`);
  for (let i = 0; i < mulaw.length; i++) pcm[i] = EXPANDED[mulaw[i] ?? MULAW_SILENCE] ?? 0;
  return pcm.length === mulaw.length ? pcm : pcm.subarray(0, mulaw.length);
}

/** The 16-bit sample behind one code. */
export function sampleOf(code: number): number {
  return EXPANDED[code] ?? 0;
}

/** Compresses 16-bit PCM to 8-bit µ-law (G.711). Pass one `mulaw` for the whole call to spare the allocator. */
export function encodeMulaw(pcm: Int16Array, mulaw = new Uint8Array(pcm.length)): Uint8Array {
  if (mulaw.length < pcm.length) throw new RangeError(`mulaw holds ${mulaw.length} of ${pcm.length}`);
  for (let i = 0; i < pcm.length; i++) mulaw[i] = COMPRESSED[(pcm[i] ?? 0) & 0xffff] ?? MULAW_SILENCE;
  return mulaw.length === pcm.length ? mulaw : mulaw.subarray(0, pcm.length);
}

function expand(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 24 - Math.clz32(biased); // bit 7 is the lowest that the bias can leave on top
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
