import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDownsampler24To8, createUpsampler8To16, MAX_FLUSH, type Resampler } from './resampler.ts';

const directions = [
  { name: '8 to 16 kHz', create: createUpsampler8To16, fromHz: 8000, toHz: 16_000 },
  { name: '24 to 8 kHz', create: createDownsampler24To8, fromHz: 24_000, toHz: 8000 },
];

describe.each(directions)('resampler from $name', ({ create, fromHz, toHz }) => {
  const inSecond = (hz: number): Int16Array => tone(hz, fromHz, fromHz);

  it('passes the telephone band within 0.05 dB', () => {
    for (let hz = 300; hz <= 3400; hz += 100) {
      const out = resampled(create(), inSecond(hz));
      expect(Math.abs(decibels(amplitudeOf(out, hz, toHz) / AMPLITUDE)), `${hz} Hz`).toBeLessThan(0.05);
    }
  });

  it('delays by nothing once the tail is flushed: sample n of the output is the time of sample n of the input', () => {
    const out = resampled(create(), inSecond(1000));
    const expected = tone(1000, toHz, toHz);
    for (let i = 200; i < toHz - 200; i++) expect(Math.abs((out[i] ?? NaN) - (expected[i] ?? NaN))).toBeLessThan(12);
  });

  it('gives exactly as many samples as the ratio says, rounded up', () => {
    for (const length of [1, 2, 159, 160, 161, 480, 2401]) {
      expect(resampled(create(), new Int16Array(length)).length).toBe(Math.ceil((length * toHz) / fromHz));
    }
  });

  it('gives the same samples however they are cut', () => {
    const whole = noise(6000);
    const expected = [...resampled(create(), whole)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        expect([...resampled(create(), whole, lengths)]).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('forgets everything at a flush', () => {
    const resampler = create();
    const first = [...resampled(resampler, noise(777))];
    expect([...resampled(resampler, noise(777))]).toEqual(first);
  });

  it('stays within 16 bits on full-scale square waves', () => {
    const square = Int16Array.from({ length: 4000 }, (_, i) => (i % 40 < 20 ? 32_767 : -32_768));
    const out = resampled(create(), square);
    expect(Math.max(...out)).toBe(32_767);
    expect(Math.min(...out)).toBe(-32_768);
    // A wrapped sample would jump by the whole scale beside its neighbour of the same half wave.
    const jumps = out.filter((sample, i) => i > 0 && Math.abs(sample - (out[i - 1] ?? 0)) > 60_000);
    expect(jumps.length).toBeLessThanOrEqual(4000 / 20);
  });

  it('refuses an output that may be too small', () => {
    expect(() => create().process(new Int16Array(300), new Int16Array(90))).toThrow(RangeError);
  });
});

describe('what must not pass', () => {
  it('is 60 dB down where 24 to 8 kHz would fold it into the telephone band', () => {
    for (let hz = 4600; hz < 12_000; hz += 50) {
      const out = resampled(createDownsampler24To8(), tone(hz, 24_000, 12_000));
      expect(decibels(loudness(out) / (AMPLITUDE / Math.SQRT2)), `${hz} Hz`).toBeLessThan(-60);
    }
  });

  it('is 60 dB down where 8 to 16 kHz makes images of the telephone band', () => {
    for (let hz = 300; hz <= 3400; hz += 100) {
      const out = resampled(createUpsampler8To16(), tone(hz, 8000, 8000));
      expect(decibels(amplitudeOf(out, 8000 - hz, 16_000) / AMPLITUDE), `${hz} Hz`).toBeLessThan(-60);
    }
  });
});

const AMPLITUDE = 12_000;

function tone(hz: number, rateHz: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hz * i) / rateHz)));
}

function noise(length: number): Int16Array {
  let seed = 1;
  return Int16Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed % 40_000) - 20_000;
  });
}

function resampled(resampler: Resampler, input: Int16Array, lengths: readonly number[] = [160]): Int16Array {
  const out: number[] = [];
  let turn = 0;
  for (let at = 0; at < input.length;) {
    const chunk = input.subarray(at, at + (lengths[turn++ % lengths.length] ?? 160));
    const room = new Int16Array(resampler.maxOutput(chunk.length));
    out.push(...room.subarray(0, resampler.process(chunk, room)));
    at += chunk.length;
  }
  const room = new Int16Array(MAX_FLUSH);
  out.push(...room.subarray(0, resampler.flush(room)));
  return Int16Array.from(out);
}

/** Amplitude at one frequency under a Hann window, away from both ends. */
function amplitudeOf(signal: Int16Array, hz: number, rateHz: number): number {
  const middle = signal.subarray(400, signal.length - 400);
  let re = 0;
  let im = 0;
  let weight = 0;
  middle.forEach((sample, i) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / middle.length);
    const phase = (2 * Math.PI * hz * i) / rateHz;
    re += sample * window * Math.cos(phase);
    im += sample * window * Math.sin(phase);
    weight += window;
  });
  return (2 * Math.hypot(re, im)) / weight;
}

function loudness(signal: Int16Array): number {
  const middle = signal.subarray(200, signal.length - 200);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, 1e-9));
}
