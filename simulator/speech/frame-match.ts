import { bookHopMs, type KnownPhrase } from './book-features.ts';
import { bandCount, logMelOf, silenceDb, type LogMel } from './log-mel.ts';
import type { NoiseBands } from './line-noise.ts';
import { phrasePcm } from './phrase-book.ts';

/** Hop of heard frames. */
export const heardHopMs = 10;

/** Bands so far below the peak count as silence. */
export const floorDb = 40;
const clearDb = 20;
const samplesPerMs = 8;

/** A place where a phrase may lie: the phrase's 8 kHz sample `atSample` is at the centre of heard frame `heardFrame`. */
export interface Placement {
  readonly known: KnownPhrase;
  readonly heardFrame: number;
  readonly atSample: number;
}

/** How heard frames differ from a phrase's, once their level has been evened out. */
export interface FrameMatch {
  /** Mean difference of the bands in dB, one value per heard frame. */
  readonly differences: Float32Array;
  /** Whether the phrase speaks in that frame. */
  readonly voiced: Uint8Array;
  /** What the difference would be if that frame were silent, in dB. */
  readonly ifSilent: Float32Array;
  /** Heard level minus recorded level, in dB. */
  readonly gainDb: number;
}

/** The placement of a phrase whose frame `bookFrame` (of `bookHopMs`) meets heard frame `heardFrame`. */
export function placementAt(known: KnownPhrase, heardFrame: number, bookFrame: number): Placement {
  return { known, heardFrame, atSample: bookFrame * bookHopMs * samplesPerMs };
}

/** Moves a placement by up to 3 ms to where `frames` heard frames agree best, to an eighth of a millisecond. */
export function refinePlacement(heard: LogMel, rough: Placement, frames: number, noise?: NoiseBands): Placement {
  let best = { placement: rough, cost: Infinity };
  const consider = (atSample: number, stride: number): void => {
    const placement = { ...rough, atSample };
    const { differences, voiced } = matchFrames(heard, placement, frames, frames, stride, noise);
    let cost = 0;
    for (let n = 0; n < differences.length; n++) if (voiced[n]) cost += differences[n] ?? 0;
    if (cost < best.cost) best = { placement, cost };
  };
  const stride = Math.max(1, Math.floor(frames / 30));
  for (let shift = -24; shift <= 24; shift += 6) consider(rough.atSample + shift, stride);
  const coarse = best.placement.atSample;
  for (const shift of [-4, -2, 2, 4]) consider(coarse + shift, stride);
  const fine = best.placement.atSample;
  for (const shift of [-1, 1]) consider(fine + shift, stride);
  return best.placement;
}

/**
 * Compares `count` heard frames with the phrase from the placement on; `stride` looks at every n-th only. The level is
 * taken from the first `gainFrames`. Bands 40 dB below the phrase's peak, or below the line's noise, count as silence on
 * both sides.
 */
export function matchFrames(
  heard: LogMel,
  { known, heardFrame, atSample }: Placement,
  count: number,
  gainFrames = count,
  stride = 1,
  noise?: NoiseBands,
): FrameMatch {
  const looked = Math.ceil(count / stride);
  const own = logMelOf(phrasePcm(known.phrase, 8000), 8000, heardHopMs * stride, atSample, looked);
  const gainDb = gainBetween(heard, heardFrame, own, known.peakDb - clearDb, Math.ceil(gainFrames / stride), stride);
  const floors = Float32Array.from({ length: bandCount }, (_, band) =>
    Math.max(known.peakDb - floorDb, (noise?.[band] ?? silenceDb) - gainDb),
  );
  const differences = new Float32Array(looked);
  const voiced = new Uint8Array(looked);
  const ifSilent = new Float32Array(looked);
  for (let n = 0; n < looked; n++) {
    let sum = 0;
    let excess = 0;
    let loudest = silenceDb;
    for (let band = 0; band < bandCount; band++) {
      const expected = bandAt(own, n, band);
      const floor = floors[band] ?? 0;
      loudest = Math.max(loudest, expected);
      excess += Math.max(0, expected - floor);
      sum += Math.abs(
        Math.max(floor, expected) - Math.max(floor, bandAt(heard, heardFrame + n * stride, band) - gainDb),
      );
    }
    ifSilent[n] = excess / bandCount;
    differences[n] = sum / bandCount;
    voiced[n] = loudest > known.peakDb - 30 ? 1 : 0;
  }
  return { differences, voiced, ifSilent, gainDb };
}

function gainBetween(heard: LogMel, first: number, own: LogMel, clear: number, count: number, stride: number): number {
  const gains = new Float64Array(count * bandCount);
  let found = 0;
  for (let n = 0; n < count; n++) {
    for (let band = 0; band < bandCount; band++) {
      const expected = bandAt(own, n, band);
      if (expected > clear) gains[found++] = bandAt(heard, first + n * stride, band) - expected;
    }
  }
  return gains.subarray(0, found).toSorted()[found >> 1] ?? 0;
}

function bandAt(logMel: LogMel, frame: number, band: number): number {
  return frame < 0 || frame >= logMel.frameCount ? silenceDb : (logMel.bands[frame * bandCount + band] ?? silenceDb);
}
