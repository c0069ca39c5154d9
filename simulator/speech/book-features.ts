import { aboveNoise, type NoiseBands } from './line-noise.ts';
import { bandCount, logMelOf, type LogMel } from './log-mel.ts';
import { loadPhraseBook, phrasePcm, type Phrase } from './phrase-book.ts';
import { createShapes, type Shapes } from './spectral-shape.ts';

/** Book frames lie half a heard frame apart, so that an alignment is at most 2.5 ms off. */
export const bookHopMs = 5;

/** A phrase as the recogniser knows it: what its recording looks like at 8 kHz. */
export interface KnownPhrase {
  readonly phrase: Phrase;
  readonly logMel: LogMel;
  readonly shapes: Shapes;
  /** Loudest band of the recording in dB. */
  readonly peakDb: number;
  /** First and last frame with speech, in frames of `bookHopMs`. */
  readonly firstVoiced: number;
  readonly lastVoiced: number;
}

let known: readonly KnownPhrase[] | undefined;

/** The features of every phrase in the book, computed once per process. */
export function bookFeatures(): readonly KnownPhrase[] {
  known ??= loadPhraseBook().phrases.map(knownPhrase);
  return known;
}

/** What is left of a phrase over a line's noise. */
export function knownOverNoise({ phrase, logMel }: KnownPhrase, noise: NoiseBands): KnownPhrase {
  return featuresOf(phrase, aboveNoise(logMel, noise));
}

function knownPhrase(phrase: Phrase): KnownPhrase {
  return featuresOf(phrase, logMelOf(phrasePcm(phrase, 8000), 8000, bookHopMs));
}

function featuresOf(phrase: Phrase, logMel: LogMel): KnownPhrase {
  const peakDb = peakOf(logMel, 0, logMel.frameCount);
  const voiced = voicedFrames(logMel, 0, logMel.frameCount, peakDb);
  return {
    phrase,
    logMel,
    shapes: createShapes(logMel, peakDb),
    peakDb,
    firstVoiced: voiced[0] ?? 0,
    lastVoiced: voiced.at(-1) ?? 0,
  };
}

/** The loudest band between two frames, in dB. */
export function peakOf(logMel: LogMel, from: number, until: number): number {
  let peak = -Infinity;
  for (let i = from * bandCount; i < until * bandCount; i++) peak = Math.max(peak, logMel.bands[i] ?? -Infinity);
  return peak;
}

/** The frames between two that have a band within 30 dB of the peak. */
export function voicedFrames(logMel: LogMel, from: number, until: number, peakDb: number): number[] {
  const frames: number[] = [];
  for (let i = Math.floor(from); i < until; i++) if (peakOf(logMel, i, i + 1) > peakDb - 30) frames.push(i);
  return frames;
}
