const zeroCrossings = 24;

/** Resamples a whole recording by a Kaiser-windowed low-pass (beta 8), without delay; length is rounded up. */
export function resample(pcm: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return pcm;
  const shared = gcd(fromHz, toHz);
  const up = toHz / shared;
  const down = fromHz / shared;
  const filters = phasesFor(up, down);
  const out = new Int16Array(Math.ceil((pcm.length * up) / down));
  const reach = (filters[0]?.length ?? 0) / 2;
  for (let n = 0; n < out.length; n++) {
    const position = n * down;
    const centre = Math.floor(position / up);
    const taps = filters[position % up] ?? new Float64Array();
    let sum = 0;
    const first = centre - reach + 1;
    const from = Math.max(0, -first);
    const until = Math.min(taps.length, pcm.length - first);
    for (let k = from; k < until; k++) sum += (taps[k] ?? 0) * (pcm[first + k] ?? 0);
    out[n] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
  return out;
}

const cache = new Map<string, readonly Float64Array[]>();

function phasesFor(up: number, down: number): readonly Float64Array[] {
  const key = `${up}:${down}`;
  const cached = cache.get(key);
  if (cached) return cached;
  const cutoff = (0.94 * Math.min(1, up / down)) / 2;
  const reach = Math.ceil(zeroCrossings * Math.max(1, down / up));
  const phases = Array.from({ length: up }, (_, phase) => lowPass(cutoff, reach, phase / up));
  cache.set(key, phases);
  return phases;
}

function lowPass(cutoff: number, reach: number, fraction: number): Float64Array {
  const taps = new Float64Array(2 * reach);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const x = k - reach + 1 - fraction;
    const edge = x / reach;
    const window = bessel(8 * Math.sqrt(Math.max(0, 1 - edge * edge)));
    const angle = 2 * Math.PI * cutoff * x;
    const tap = window * (angle === 0 ? 1 : Math.sin(angle) / angle);
    taps[k] = tap;
    sum += tap;
  }
  return taps.map((tap) => tap / sum);
}

function bessel(x: number): number {
  let total = 1;
  let term = 1;
  for (let k = 1; term > total * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    total += term;
  }
  return total;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
