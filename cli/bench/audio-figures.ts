import { decodeMulaw, encodeMulaw } from '../../media-gateway/audio/mulaw.ts';
import { createPlayout } from '../../media-gateway/audio/playout.ts';
import { createDownsampler24To8, createUpsampler8To16, type Resampler } from '../../media-gateway/audio/resampler.ts';
import { createModelAudio } from '../../media-gateway/session/model-audio.ts';
import type { Measured } from './figure.ts';

const CARRIER_HZ = 8000;
const TO_MODEL_HZ = 16_000;
const FROM_MODEL_HZ = 24_000;
// Primes over the band: no harmonic of one falls on the image of another.
const BAND_HZ = [307, 401, 503, 701, 907, 1103, 1409, 1709, 2003, 2309, 2609, 2903, 3109, 3203, 3301, 3391];
const AMPLITUDE = 12_000;
const FRAME = 160;

const HOUR_S = 3600;

/**
 * The gateway's own audio path, in audio time: nothing here depends on how fast the machine is. Lost samples are counted
 * over `seconds` each way.
 */
export function measureAudio(seconds = HOUR_S): Measured[] {
  return [
    {
      name: 'audio.rippleDb',
      value: ripple(),
      note: '300 to 3400 Hz, the worse of both directions, largest difference of two tones',
    },
    { name: 'audio.aliasDb', value: alias(), note: 'loudest image or alias in the band, against its tone' },
    {
      name: 'audio.lostSamplesPerHour',
      value: (lostSamples(seconds) * HOUR_S) / seconds,
      note: 'an hour each way, in frames and ragged pieces',
    },
  ];
}

function ripple(): number {
  const toModel = BAND_HZ.map((hz) => {
    const sent = encodeMulaw(tone(hz, CARRIER_HZ), new Uint8Array(CARRIER_HZ));
    return decibels(level(toModelRate(sent), hz, TO_MODEL_HZ) / level(decodeMulaw(sent), hz, CARRIER_HZ));
  });
  const toCaller = BAND_HZ.map((hz) => {
    const sent = tone(hz, FROM_MODEL_HZ);
    return decibels(level(decodeMulaw(throughModelAudio(sent)), hz, CARRIER_HZ) / level(sent, hz, FROM_MODEL_HZ));
  });
  return Math.max(spread(toModel), spread(toCaller));
}

/** Before the µ-law coding, whose own noise would hide what is looked for. */
function alias(): number {
  const images = BAND_HZ.map((hz) => {
    const out = through(createUpsampler8To16(), tone(hz, CARRIER_HZ));
    return decibels(level(out, CARRIER_HZ - hz, TO_MODEL_HZ) / AMPLITUDE);
  });
  const folded = BAND_HZ.flatMap((hz) => [CARRIER_HZ - hz, CARRIER_HZ + hz].map((above) => ({ hz, above })));
  const aliases = folded.map(({ hz, above }) => {
    const out = through(createDownsampler24To8(), tone(above, FROM_MODEL_HZ));
    return decibels(level(out, hz, CARRIER_HZ) / AMPLITUDE);
  });
  return Math.max(...images, ...aliases);
}

/** Counts what comes out against what went in; what a filter holds back for the next frame is not lost. */
function lostSamples(seconds: number): number {
  let toModel = 0;
  const upsampler = createUpsampler8To16();
  const wide = new Int16Array(2 * FRAME);
  const frame = encodeMulaw(tone(503, CARRIER_HZ).subarray(0, FRAME), new Uint8Array(FRAME));
  for (let at = 0; at < seconds * CARRIER_HZ; at += FRAME) {
    toModel += upsampler.process(decodeMulaw(frame), wide);
  }
  const held = 2 * 14;
  const lostToModel = Math.abs(2 * seconds * CARRIER_HZ - held - toModel);

  const model = createModelAudio();
  const playout = createPlayout();
  let atMs = 0;
  let expected = 0;
  let toCaller = 0;
  const play = (): void => {
    for (let piece = playout.due(atMs); piece; piece = playout.due(atMs)) {
      toCaller += piece.payload.length;
      playout.markEchoed(piece.mark, atMs);
    }
  };
  const source = Buffer.from(tone(503, FROM_MODEL_HZ).buffer);
  for (let answer = 0; expected < seconds * CARRIER_HZ; answer++) {
    const samples = FROM_MODEL_HZ * 2 + (answer % 977);
    // Pieces of every length, odd ones among them: a sample may be cut in two.
    for (let at = 0, turn = 0; at < 2 * samples; turn++) {
      const length = Math.min(2 * samples - at, 1501 + ((answer * 131 + turn * 17) % 3301));
      playout.enqueue(model.toMulaw(source.subarray(at % 9000, (at % 9000) + length)));
      at += length;
      atMs += length / 48;
      play();
    }
    playout.enqueue(model.flush());
    expected += Math.ceil(samples / 3);
    atMs += 1000;
    play();
  }
  for (const endMs = atMs + 60_000; atMs < endMs; atMs += 20) play();
  return lostToModel + Math.abs(expected - toCaller);
}

function toModelRate(mulaw: Uint8Array): Int16Array {
  const out: number[] = [];
  const upsampler = createUpsampler8To16();
  const wide = new Int16Array(2 * FRAME);
  for (let at = 0; at < mulaw.length; at += FRAME) {
    const samples = upsampler.process(decodeMulaw(mulaw.subarray(at, at + FRAME)), wide);
    out.push(...wide.subarray(0, samples));
  }
  return Int16Array.from(out);
}

function throughModelAudio(pcm: Int16Array): Uint8Array {
  const audio = createModelAudio();
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += 4800) out.push(...audio.toMulaw(bytes.subarray(at, at + 4800)));
  out.push(...audio.flush());
  return Uint8Array.from(out);
}

function through(resampler: Resampler, pcm: Int16Array): Int16Array {
  const out = new Int16Array(resampler.maxOutput(pcm.length));
  return out.subarray(0, resampler.process(pcm, out));
}

/** One second. */
function tone(hz: number, rateHz: number): Int16Array {
  return Int16Array.from({ length: rateHz }, (_, n) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hz * n) / rateHz)),
  );
}

/** Amplitude at one frequency, by a Hann window over the middle: the ends are the filters' own. */
function level(pcm: Int16Array, hz: number, rateHz: number): number {
  const from = rateHz / 20;
  const length = pcm.length - 2 * from;
  let re = 0;
  let im = 0;
  let weight = 0;
  for (let n = 0; n < length; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length);
    const value = window * (pcm[from + n] ?? 0);
    re += value * Math.cos((2 * Math.PI * hz * n) / rateHz);
    im += value * Math.sin((2 * Math.PI * hz * n) / rateHz);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

const decibels = (ratio: number): number => 20 * Math.log10(Math.max(ratio, 1e-6));
const spread = (gains: readonly number[]): number => Math.max(...gains) - Math.min(...gains);
