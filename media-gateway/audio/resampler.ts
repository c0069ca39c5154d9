/**
 * Converts one direction of one call between the carrier's rate and a model's, without a seam between chunks.
 *
 * Invariants:
 * R1 The output depends on the samples alone, never on how they were cut into chunks.
 * R2 After `flush` the output is the input's length times the ratio, rounded up, and the filter has forgotten all.
 * R3 Nothing is allocated per chunk: a call owns its history, the work is done in one scratch of the module.
 */
import { nyquistFilter } from './nyquist-filter.ts';

export interface Resampler {
  /** The most samples that `process` writes for so many of input. */
  maxOutput(inputLength: number): number;
  /** Writes what `input` completes to `output`, returns how many samples that is. */
  process(input: Int16Array, output: Int16Array): number;
  /** Writes what the filter still holds, as if silence followed, and starts anew: at most `MAX_FLUSH` samples. */
  flush(output: Int16Array): number;
}

/** Room that `flush` needs in its output, in samples. */
export const MAX_FLUSH = 64;

const BLOCK = 960;
const UP_HALF = 27;
const DOWN_HALF = 44; // an even number of pairs of taps
const UP_REACH = (UP_HALF + 1) / 2;
// Unity gain at 8 kHz is a gain of two at 16 kHz, where every second sample is missing.
const UP_PAIRS = nyquistFilter(2, UP_HALF, 6.2)
  .filter((_, offset) => offset % 2 === 1)
  .map((tap) => 2 * tap);
const DOWN = nyquistFilter(3, DOWN_HALF, 6.2);
const DOWN_CENTRE = DOWN[0] ?? 0;
const DOWN_PAIRS = DOWN.filter((_, offset) => offset % 3 !== 0);
const scratch = new Int16Array(BLOCK + 2 * DOWN_HALF);
const SILENCE = new Int16Array(MAX_FLUSH);

/** 8 kHz to 16 kHz by a half-band filter, which holds the newest 14 samples back (1.8 ms). */
export function createUpsampler8To16(): Resampler {
  const span = 2 * UP_REACH - 1;
  const history = new Int16Array(span);
  let skip = UP_REACH;

  const block = (input: Int16Array, output: Int16Array, written: number): number => {
    load(history, input);
    let out = written;
    for (let i = skip; i < input.length; i++) {
      const before = i + UP_REACH - 1; // where in the scratch the sample is whose right neighbour is interpolated
      output[out++] = scratch[before] ?? 0;
      output[out++] = clip(upSum(before));
    }
    skip = Math.max(0, skip - input.length);
    keep(history, input.length);
    return out - written;
  };
  const reset = (): void => {
    history.fill(0);
    skip = UP_REACH;
  };
  return inBlocks(block, reset, UP_REACH, (length) => 2 * length);
}

/** 24 kHz to 8 kHz by a third-band filter, which holds the newest 44 samples back (1.8 ms). */
export function createDownsampler24To8(): Resampler {
  const history = new Int16Array(2 * DOWN_HALF);
  let until = DOWN_HALF; // inputs before the one that completes the next output

  const block = (input: Int16Array, output: Int16Array, written: number): number => {
    load(history, input);
    let out = written;
    let at = until;
    for (; at < input.length; at += 3) output[out++] = clip(downSum(at + DOWN_HALF));
    until = at - input.length;
    keep(history, input.length);
    return out - written;
  };
  const reset = (): void => {
    history.fill(0);
    until = DOWN_HALF;
  };
  return inBlocks(block, reset, DOWN_HALF, (length) => Math.ceil(length / 3));
}

type Block = (input: Int16Array, output: Int16Array, written: number) => number;

function inBlocks(block: Block, reset: () => void, reach: number, maxOutput: (length: number) => number): Resampler {
  const process = (input: Int16Array, output: Int16Array): number => {
    if (output.length < maxOutput(input.length)) {
      throw new RangeError(`output holds ${output.length} of ${maxOutput(input.length)}`);
    }
    if (input.length <= BLOCK) return block(input, output, 0);
    let written = 0;
    for (let at = 0; at < input.length; at += BLOCK) {
      written += block(input.subarray(at, at + BLOCK), output, written);
    }
    return written;
  };
  const flush = (output: Int16Array): number => {
    const written = process(SILENCE.subarray(0, reach), output);
    reset();
    return written;
  };
  return { maxOutput, process, flush };
}

function load(history: Int16Array, input: Int16Array): void {
  scratch.set(history);
  scratch.set(input, history.length);
}

function keep(history: Int16Array, inputLength: number): void {
  for (let n = 0; n < history.length; n++) history[n] = scratch[inputLength + n] ?? 0;
}

// Two sums in each: an addition that waits for the one before it takes longer than all else that a tap needs.
function upSum(before: number): number {
  let even = 0;
  let odd = 0;
  for (let k = 0; k < UP_REACH; k += 2) {
    even += (UP_PAIRS[k] ?? 0) * ((scratch[before - k] ?? 0) + (scratch[before + 1 + k] ?? 0));
    odd += (UP_PAIRS[k + 1] ?? 0) * ((scratch[before - k - 1] ?? 0) + (scratch[before + 2 + k] ?? 0));
  }
  return even + odd;
}

function downSum(centre: number): number {
  let even = DOWN_CENTRE * (scratch[centre] ?? 0);
  let odd = 0;
  let offset = 1;
  for (let k = 0; k < DOWN_PAIRS.length; k += 2) {
    even += (DOWN_PAIRS[k] ?? 0) * ((scratch[centre - offset] ?? 0) + (scratch[centre + offset] ?? 0));
    odd += (DOWN_PAIRS[k + 1] ?? 0) * ((scratch[centre - offset - 1] ?? 0) + (scratch[centre + offset + 1] ?? 0));
    offset += 3;
  }
  return even + odd;
}

function clip(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : Math.round(value);
}
