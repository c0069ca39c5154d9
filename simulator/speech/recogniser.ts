import { bookFeatures, bookHopMs, knownOverNoise, peakOf, voicedFrames, type KnownPhrase } from './book-features.ts';
import { heardHopMs, matchFrames, placementAt, refinePlacement, type Placement } from './frame-match.ts';
import { aboveNoise, noiseAround, standingOut, type NoiseBands } from './line-noise.ts';
import { logMelOf, type LogMel } from './log-mel.ts';
import type { Phrase, SpokenLanguage } from './phrase-book.ts';
import { resample } from './resample.ts';
import { createShapes, shapeDistance, type Shapes } from './spectral-shape.ts';

/** Thresholds by which an utterance is refused; `recogniser-table.ts` shows what they let through. */
const limits = {
  /** Mean difference of the speaking frames, dB. */
  meanDb: 1.5,
  /** A frame further away than this is spoilt. */
  spoiltDb: 1.25,
  /** Share of spoilt frames among those that speak. */
  spoiltShare: 0.022,
  /** How much further away the second-best phrase must be, dB. */
  marginDb: 1,
  /** Speech that may be left over beside the phrase, ms. */
  leftOverMs: 150,
} as const;

/** Over a noisy line what is left of a phrase is compared, and less closely. */
const noisyLimits: Limits = {
  ...limits,
  meanDb: 0.7,
  spoiltDb: 5,
  spoiltShare: 0.1,
  marginDb: 0.5,
  leftOverMs: 400,
};

export type Limits = Readonly<Record<keyof typeof limits, number>>;

/** One phrase found in an utterance, with the figures that decided. */
export interface RecognisedPhrase {
  readonly phrase: Phrase;
  /** Where it begins and ends in the utterance. */
  readonly startMs: number;
  readonly endMs: number;
  readonly meanDb: number;
  readonly spoiltShare: number;
  /** Distance to the best other phrase, in dB; Infinity where no other came near. */
  readonly marginDb: number;
}

/** What was understood of an utterance, or why nothing was. */
export type Recognition =
  | { readonly understood: true; readonly phrases: readonly RecognisedPhrase[] }
  | {
      readonly understood: false;
      readonly reason: 'no-speech' | 'no-such-length' | 'too-different' | 'spoilt-frames' | 'ambiguous';
      readonly nearest: RecognisedPhrase | undefined;
    };

/** Recognises an utterance of 16-bit PCM at the rate that its sender states. */
export function recognise(pcm: Int16Array, sampleRateHz: number, language?: SpokenLanguage): Recognition {
  const known = sampleRateHz === 8000 || sampleRateHz === 16000;
  const heard = known
    ? logMelOf(pcm, sampleRateHz, heardHopMs)
    : logMelOf(resample(pcm, sampleRateHz, 16000), 16000, heardHopMs);
  return recogniseFrames(heard, language);
}

/** The same from features that were measured while the audio arrived. */
export function recogniseFrames(
  all: LogMel,
  language?: SpokenLanguage,
  line: 'clean' | 'noisy' = 'clean',
): Recognition {
  const noise = line === 'noisy' ? noiseAround(all) : undefined;
  const heard = noise ? aboveNoise(all, noise) : all;
  const peakDb = peakOf(heard, 0, heard.frameCount);
  const voiced = noise ? standingOut(heard) : voicedFrames(heard, 0, heard.frameCount, peakDb);
  const [first, last] = [voiced[0], voiced.at(-1)];
  if (first === undefined || last === undefined || peakDb < -75) {
    return { understood: false, reason: 'no-speech', nearest: undefined };
  }
  const book = bookFeatures().filter((one) => language === undefined || one.phrase.language === language);
  const candidates = noise ? book.map((one) => knownOverNoise(one, noise)) : book;
  const scene: Scene = {
    heard,
    noise,
    limits: line === 'noisy' ? noisyLimits : limits,
    shapes: createShapes(heard, peakDb),
    candidates,
  };
  const whole = bestPhrase(scene, first, last, 'whole');
  const verdict = judge(scene, whole);
  if (verdict.understood || noise) return verdict;
  const sequence = sequenceFrom(scene, voiced, first, last);
  return sequence ? { understood: true, phrases: sequence } : verdict;
}

interface Scene {
  readonly heard: LogMel;
  readonly noise: NoiseBands | undefined;
  readonly limits: Limits;
  readonly shapes: Shapes;
  readonly candidates: readonly KnownPhrase[];
}

/** Two or more phrases said without a pause that would end the turn: each must be recognised on its own. */
function sequenceFrom(
  scene: Scene,
  voiced: readonly number[],
  first: number,
  last: number,
): RecognisedPhrase[] | undefined {
  const found: RecognisedPhrase[] = [];
  let from: number | undefined = first;
  while (from !== undefined) {
    const verdict = judge(scene, bestPhrase(scene, from, last, 'beginning'));
    if (!verdict.understood) return undefined;
    found.push(...verdict.phrases);
    const endMs = found.at(-1)?.endMs ?? 0;
    const rest = voiced.filter((frame) => frame * heardHopMs > endMs + 30);
    if (rest.length * heardHopMs <= scene.limits.leftOverMs) return found;
    from = rest[0];
  }
  return found;
}

/** The best phrase for the speech between two frames; `beginning` lets speech follow it. */
function bestPhrase(
  scene: Scene,
  first: number,
  last: number,
  cover: 'whole' | 'beginning',
): RecognisedPhrase | undefined {
  const heardMs = (last - first) * heardHopMs;
  const near: { known: KnownPhrase; start: number; rough: number }[] = [];
  for (const known of scene.candidates) {
    const spokenMs = (known.lastVoiced - known.firstVoiced) * bookHopMs;
    const slackMs = Math.max(scene.limits.leftOverMs, spokenMs * 0.06);
    if (spokenMs > heardMs + slackMs || (cover === 'whole' && spokenMs < heardMs - slackMs)) continue;
    near.push({ known, ...roughAlignment(scene, known, first) });
  }
  near.sort((a, b) => a.rough - b.rough);
  const scored = near.slice(0, 3).map(({ known, start }) => {
    const placement = placementAt(known, (start + (start & 1)) >> 1, start & 1);
    return { placement, score: scoreAt(scene, placement, 4) };
  });
  scored.sort((a, b) => a.score.meanDb - b.score.meanDb);
  const [best, second] = scored;
  if (!best) return undefined;
  // Only the winner is worth the fine search.
  const refined = refinePlacement(scene.heard, best.placement, framesOf(best.placement), scene.noise);
  const score = scoreAt(scene, refined, 1);
  return { ...score, marginDb: second ? second.score.meanDb - score.meanDb : Infinity };
}

/** Slides the phrase over the utterance's beginning, in book hops: `start` is where its first frame would lie. */
function roughAlignment(scene: Scene, known: KnownPhrase, first: number): { start: number; rough: number } {
  const count = Math.ceil(known.logMel.frameCount / 2);
  const nominal = 2 * first - known.firstVoiced;
  let best = { start: nominal, rough: Infinity };
  const consider = (start: number, stride: number): void => {
    const rough = distanceAt(scene, known, start, count, stride);
    if (rough < best.rough) best = { start, rough };
  };
  const reach = scene.noise ? 60 : 30; // noise may be taken for the phrase's first sound
  for (let shift = -reach; shift <= reach; shift += 2) consider(nominal + shift, 3);
  const coarse = best.start;
  best = { start: coarse, rough: Infinity };
  for (let shift = -2; shift <= 2; shift++) consider(coarse + shift, 1);
  return best;
}

// An odd start lies between two heard frames: the phrase is then read from its second frame on.
function distanceAt(scene: Scene, known: KnownPhrase, start: number, count: number, stride: number): number {
  const odd = start & 1;
  return shapeDistance(scene.shapes, (start + odd) >> 1, known.shapes, odd, count - odd, stride);
}

function framesOf({ known, atSample }: Placement): number {
  return Math.floor((known.phrase.durationMs - atSample / 8) / heardHopMs);
}

/** Scores the phrase where it lies, by every `stride`-th frame. */
function scoreAt(scene: Scene, placement: Placement, stride: number): RecognisedPhrase {
  const { known } = placement;
  const count = framesOf(placement);
  const { differences, voiced } = matchFrames(scene.heard, placement, count, count, stride, scene.noise);
  let [sum, speaking, spoilt] = [0, 0, 0];
  for (let n = 0; n < differences.length; n++) {
    const difference = differences[n] ?? 0;
    if (difference > scene.limits.spoiltDb) spoilt++;
    if (!voiced[n]) continue;
    sum += difference;
    speaking++;
  }
  const startMs = placement.heardFrame * heardHopMs - placement.atSample / 8;
  return {
    phrase: known.phrase,
    startMs,
    endMs: startMs + known.phrase.durationMs,
    meanDb: sum / Math.max(1, speaking),
    spoiltShare: spoilt / Math.max(1, speaking),
    marginDb: Infinity,
  };
}

function judge({ noise, limits: most }: Scene, best: RecognisedPhrase | undefined): Recognition {
  if (!best) return { understood: false, reason: 'no-such-length', nearest: undefined };
  const refuse = (reason: 'too-different' | 'spoilt-frames' | 'ambiguous'): Recognition => ({
    understood: false,
    reason,
    nearest: best,
  });
  if (best.meanDb > most.meanDb) return refuse('too-different');
  if (best.spoiltShare > most.spoiltShare) return refuse('spoilt-frames');
  if (best.marginDb < most.marginDb || (noise && best.marginDb === Infinity)) return refuse('ambiguous');
  return { understood: true, phrases: [best] };
}
