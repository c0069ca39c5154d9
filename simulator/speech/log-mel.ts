import { createFft } from './fft.ts';

/** Mel bands across the telephone band. */
export const bandCount = 20;
const lowHz = 250;
const highHz = 3500;
const windowMs = 25;

/** Quietest level that a band is given, in dB below full scale. */
export const silenceDb = -100;

/** Log-mel energies in dB, `bandCount` values per frame; frame `i` is centred on `i * hopMs`. */
export interface LogMel {
  readonly hopMs: number;
  readonly frameCount: number;
  readonly bands: Float32Array;
}

/** Measures frames of one sample rate. `window` starts at the frame's first sample. */
export interface FrameMeter {
  readonly windowLength: number;
  /** Writes the bands of two frames of `pcm` (as one transform serves two) that start at `first` and `second`. */
  measure(pcm: Int16Array, first: number, second: number, out: Float32Array, at: number): void;
}

const meters = new Map<number, FrameMeter>();

/** Rates are those whose 25 ms window fits a power of two with 31.25 Hz bins: 8, 16 and 32 kHz. */
export function frameMeter(sampleRateHz: number): FrameMeter {
  const cached = meters.get(sampleRateHz);
  if (cached) return cached;
  const made = createFrameMeter(sampleRateHz);
  meters.set(sampleRateHz, made);
  return made;
}

/**
 * The bands of a recording; samples before and after it count as silence. The first frame is centred on
 * `firstSample`; without a count, frames go on to the recording's end.
 */
export function logMelOf(
  pcm: Int16Array,
  sampleRateHz: number,
  hopMs: number,
  firstSample = 0,
  frameCount = Math.floor((pcm.length - firstSample) / ((sampleRateHz * hopMs) / 1000)),
): LogMel {
  const meter = frameMeter(sampleRateHz);
  const hop = (sampleRateHz * hopMs) / 1000;
  const bands = new Float32Array((frameCount + 1) * bandCount);
  const lead = firstSample - meter.windowLength / 2;
  for (let i = 0; i < frameCount; i += 2) {
    meter.measure(pcm, i * hop + lead, (i + 1) * hop + lead, bands, i * bandCount);
  }
  return { hopMs, frameCount, bands: bands.subarray(0, frameCount * bandCount) };
}

function createFrameMeter(sampleRateHz: number): FrameMeter {
  const size = sampleRateHz / 31.25;
  const fft = createFft(size);
  const windowLength = (sampleRateHz * windowMs) / 1000;
  const window = Float64Array.from({ length: windowLength }, (_, n) => hann(n, windowLength));
  const scale = 1 / (32768 * window.reduce((sum, value) => sum + value, 0));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const filters = melFilters();

  const load = (pcm: Int16Array, start: number, into: Float64Array): void => {
    into.fill(0);
    const from = Math.max(0, -start);
    const until = Math.min(windowLength, pcm.length - start);
    for (let n = from; n < until; n++) into[n] = (pcm[start + n] ?? 0) * (window[n] ?? 0) * scale;
  };
  return {
    windowLength,
    measure(pcm, first, second, out, at) {
      load(pcm, first, re);
      load(pcm, second, im);
      fft(re, im);
      for (let band = 0; band < bandCount; band++) {
        const filter = filters[band];
        if (!filter) continue;
        let powerA = 0;
        let powerB = 0;
        for (let k = 0; k < filter.weights.length; k++) {
          const bin = filter.firstBin + k;
          // One complex transform of a + ib holds both real spectra.
          const zr = re[bin] ?? 0;
          const zi = im[bin] ?? 0;
          const mr = re[size - bin] ?? 0;
          const mi = im[size - bin] ?? 0;
          const weight = filter.weights[k] ?? 0;
          powerA += weight * ((zr + mr) ** 2 + (zi - mi) ** 2);
          powerB += weight * ((zi + mi) ** 2 + (mr - zr) ** 2);
        }
        out[at + band] = decibel(powerA / 4);
        out[at + bandCount + band] = decibel(powerB / 4);
      }
    },
  };
}

function decibel(power: number): number {
  return power > 1e-10 ? 10 * Math.log10(power) : silenceDb;
}

function hann(n: number, length: number): number {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / length);
}

interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

function melFilters(): readonly MelFilter[] {
  const mel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const hertz = (value: number): number => 700 * (10 ** (value / 2595) - 1);
  const edge = (i: number): number => hertz(mel(lowHz) + ((mel(highHz) - mel(lowHz)) * i) / (bandCount + 1));
  return Array.from({ length: bandCount }, (_, band) => {
    const [left, centre, right] = [edge(band) / 31.25, edge(band + 1) / 31.25, edge(band + 2) / 31.25];
    const firstBin = Math.ceil(left);
    const weights = Float64Array.from({ length: Math.floor(right) - firstBin + 1 }, (_unused, k) => {
      const bin = firstBin + k;
      return Math.max(0, bin <= centre ? (bin - left) / (centre - left) : (right - bin) / (right - centre));
    });
    return { firstBin, weights };
  });
}
