import { heardHopMs } from './frame-match.ts';
import { bandCount, frameMeter, logMelOf, type LogMel } from './log-mel.ts';
import { resample } from './resample.ts';

/** Longest utterance that is kept, ms; what is longer is cut off at its end. */
const longestMs = 60_000;

/** Measures an utterance while it arrives, so that little is left to do at its end. */
export interface FeatureStream {
  readonly durationMs: number;
  push(pcm: Int16Array): void;
  finish(): LogMel;
}

/** Features at the rate that the sender states; unusual rates are measured at the end. */
export function createFeatureStream(sampleRateHz: number): FeatureStream {
  const measurable = sampleRateHz === 8000 || sampleRateHz === 16000;
  const hop = (sampleRateHz * heardHopMs) / 1000;
  const limit = (sampleRateHz * longestMs) / 1000;
  let pcm = new Int16Array(sampleRateHz * 3);
  let length = 0;
  let bands = new Float32Array(302 * bandCount);
  let frameCount = 0;

  const measureUntil = (end: number): void => {
    const meter = frameMeter(sampleRateHz);
    const half = meter.windowLength / 2;
    const heard = pcm.subarray(0, length);
    while ((frameCount + 1) * hop + half <= end) {
      if (bands.length < (frameCount + 2) * bandCount) bands = grown(bands, new Float32Array(bands.length * 2));
      meter.measure(heard, frameCount * hop - half, (frameCount + 1) * hop - half, bands, frameCount * bandCount);
      frameCount += 2;
    }
  };
  return {
    get durationMs() {
      return (length * 1000) / sampleRateHz;
    },
    push(part) {
      const taken = part.subarray(0, Math.max(0, limit - length));
      while (pcm.length < length + taken.length) pcm = grown(pcm, new Int16Array(pcm.length * 2));
      pcm.set(taken, length);
      length += taken.length;
      if (measurable) measureUntil(length);
    },
    finish() {
      if (!measurable) return logMelOf(resample(pcm.subarray(0, length), sampleRateHz, 16000), 16000, heardHopMs);
      const total = Math.floor(length / hop);
      // The last frames reach into the silence after the end.
      const meter = frameMeter(sampleRateHz);
      measureUntil(total * hop + meter.windowLength + hop);
      return { hopMs: heardHopMs, frameCount: total, bands: bands.subarray(0, total * bandCount) };
    },
  };
}

function grown<T extends Int16Array | Float32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
