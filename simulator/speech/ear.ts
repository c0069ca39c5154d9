import { bookFeatures, bookHopMs, peakOf, type KnownPhrase } from './book-features.ts';
import {
  floorDb,
  heardHopMs,
  matchFrames,
  placementAt,
  refinePlacement,
  type FrameMatch,
  type Placement,
} from './frame-match.ts';
import { bandCount, logMelOf, type LogMel } from './log-mel.ts';
import type { SpokenLanguage, SpokenWord } from './phrase-book.ts';
import { createShapes, shapeDistance, type Shapes } from './spectral-shape.ts';

/** One phrase, or the part of it, that a person heard; times are milliseconds of the recording. */
export interface HeardUtterance {
  readonly phraseId: string;
  /** The whole phrase's text. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The words that were heard to their end. */
  readonly heardWords: string[];
  /** Whether the phrase was heard from its first to its last word. */
  readonly complete: boolean;
}

const anchorFrames = 30;
const shortestFrames = 10;
const spoiltDb = 2.5;
const lostAfterFrames = 8;
const roughLimit = 60;
const edgeMs = 90;

/** What a person heard in a long 8 kHz recording of one direction: phrases of the book, interrupted ones too. */
export function recogniseHeard(pcm8k: Int16Array, language?: SpokenLanguage): HeardUtterance[] {
  const heard = logMelOf(pcm8k, 8000, heardHopMs);
  const peakDb = peakOf(heard, 0, heard.frameCount);
  if (peakDb < -75) return [];
  const scene: Scene = {
    heard,
    peakDb,
    shapes: createShapes(heard, peakDb),
    candidates: bookFeatures().filter((one) => language === undefined || one.phrase.language === language),
  };
  const stretches: Stretch[] = [];
  for (let at = nextVoiced(scene, 0); at < heard.frameCount; at = nextVoiced(scene, at)) {
    const stretch = stretchAt(scene, at, stretches.at(-1));
    if (stretch) stretches.push(stretch);
    at = stretch ? Math.max(at + 1, Math.round(stretch.endMs / heardHopMs)) : at + anchorFrames;
  }
  return joined(stretches).map(toUtterance);
}

interface Scene {
  readonly heard: LogMel;
  readonly peakDb: number;
  readonly shapes: Shapes;
  readonly candidates: readonly KnownPhrase[];
}

/** A run of heard audio that is one phrase from one of its places to another. */
interface Stretch {
  readonly known: KnownPhrase;
  readonly startMs: number;
  readonly endMs: number;
  /** Parts of the phrase that were heard, in milliseconds of the phrase. */
  readonly parts: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

function nextVoiced(scene: Scene, from: number): number {
  let frame = from;
  while (frame < scene.heard.frameCount && peakOf(scene.heard, frame, frame + 1) < scene.peakDb - 30) frame++;
  return frame;
}

function stretchAt(scene: Scene, first: number, previous: Stretch | undefined): Stretch | undefined {
  let best: Followed | undefined;
  // A soft beginning lies before the first loud frame.
  const earliest = Math.max(first - 20, Math.ceil((previous?.endMs ?? 0) / heardHopMs));
  // Where a phrase follows a cut one without a pause, the first frames still hold the end of that one.
  for (const start of [first, first + 10, first + 20]) {
    const { frames, speaking } = anchorLength(scene, start);
    if (speaking < shortestFrames) break;
    for (const rough of anchorsAt(scene, start, frames, previous)) {
      const one = follow(scene, rough, frames, earliest);
      if (one.matchedFrames >= shortestFrames && (!best || merit(one) > merit(best))) best = one;
    }
    if (best && (beginsWell(best.stretch) || continues(best.stretch, previous))) break;
  }
  return best?.stretch;
}

function beginsWell(stretch: Stretch): boolean {
  return (stretch.parts[0]?.fromMs ?? Infinity) < edgeMs;
}

function continues(stretch: Stretch, previous: Stretch | undefined): boolean {
  const fromMs = stretch.parts[0]?.fromMs ?? 0;
  const untilMs = previous?.parts.at(-1)?.untilMs ?? 0;
  return stretch.known === previous?.known && fromMs > edgeMs && Math.abs(fromMs - untilMs) < 400;
}

interface Followed {
  readonly stretch: Stretch;
  readonly matchedFrames: number;
  readonly meanDb: number;
}

function merit(one: Followed): number {
  return one.matchedFrames - 10 * one.meanDb;
}

/** Frames from `first` on until enough of them hold speech to know the place by; plosives and short pauses belong to it. */
function anchorLength(scene: Scene, first: number): { frames: number; speaking: number } {
  let [speaking, frames, lastSpeaking] = [0, 0, 0];
  while (first + frames < scene.heard.frameCount && frames < 2 * anchorFrames && speaking < anchorFrames) {
    frames++;
    if (peakOf(scene.heard, first + frames - 1, first + frames) < scene.peakDb - 30) continue;
    speaking++;
    lastSpeaking = frames;
  }
  return { frames: lastSpeaking, speaking };
}

/** The likeliest places in the book for the sound at `first`; the sequel of what was heard before is always one. */
function anchorsAt(scene: Scene, first: number, frames: number, previous: Stretch | undefined): Placement[] {
  const found: { placement: Placement; rough: number }[] = [];
  for (const known of scene.candidates) {
    let best = { bookFrame: 0, rough: Infinity };
    let second = best;
    for (let bookFrame = 0; bookFrame + 2 * shortestFrames < known.logMel.frameCount; bookFrame += 2) {
      const count = Math.min(frames, Math.floor((known.logMel.frameCount - bookFrame) / 2));
      const rough = shapeDistance(scene.shapes, first, known.shapes, bookFrame, count, 3);
      if (rough < best.rough) [second, best] = [best, { bookFrame, rough }];
      else if (rough < second.rough) second = { bookFrame, rough };
    }
    for (const { bookFrame, rough } of [best, second]) {
      if (rough < roughLimit) found.push({ placement: placementAt(known, first, bookFrame), rough });
    }
  }
  found.sort((a, b) => a.rough - b.rough);
  const anchors = found.slice(0, 5).map((one) => one.placement);
  const stoppedMs = previous?.parts.at(-1)?.untilMs;
  if (previous && stoppedMs !== undefined && stoppedMs < previous.known.phrase.durationMs - edgeMs) {
    const near = found.find(
      ({ placement }) => placement.known === previous.known && Math.abs(placement.atSample / 8 - stoppedMs) < 400,
    );
    if (near && !anchors.includes(near.placement)) anchors.push(near.placement);
  }
  return anchors;
}

/** Follows the phrase to both sides of its anchor until the sound is no longer that phrase. */
function follow(scene: Scene, rough: Placement, frames: number, earliest: number): Followed {
  const placement = refineWide(scene.heard, rough, frames);
  const { known, heardFrame, atSample } = placement;
  const ahead = Math.max(frames, Math.ceil((known.phrase.durationMs - atSample / 8) / heardHopMs));
  const behind = Math.max(0, Math.min(heardFrame - earliest, Math.floor(atSample / 80)));
  const forward = sameFor(matchFrames(scene.heard, placement, ahead, frames), 0, 1);
  const start = { known, heardFrame: heardFrame - behind, atSample: atSample - 80 * behind };
  const backward = sameFor(matchFrames(scene.heard, start, behind), behind - 1, -1);
  const from = heardFrame - backward.frames;
  const matchedFrames = forward.frames + backward.frames;
  const fromMs = atSample / 8 - backward.frames * heardHopMs;
  const spokenMs = matchedFrames * heardHopMs;
  return {
    stretch: {
      known,
      startMs: from * heardHopMs,
      endMs: from * heardHopMs + spokenMs,
      parts: [{ fromMs, untilMs: fromMs + spokenMs }],
    },
    matchedFrames,
    meanDb: (forward.sum + backward.sum) / Math.max(1, matchedFrames),
  };
}

/** How many frames go on being the phrase, from `at` in one direction; `sum` adds up their differences. */
function sameFor(match: FrameMatch, at: number, step: 1 | -1): { frames: number; sum: number } {
  let [lost, frames, sum] = [0, 0, 0];
  for (let n = at, looked = 1; n >= 0 && n < match.differences.length && lost < lostAfterFrames; n += step, looked++) {
    const difference = match.differences[n] ?? Infinity;
    if (difference > spoiltDb) lost++;
    // A frame that silence would pass for proves nothing.
    if (difference > spoiltDb || (match.ifSilent[n] ?? 0) < 2 * spoiltDb) continue;
    lost = 0;
    frames = looked;
    sum += difference;
  }
  return { frames, sum };
}

// The search steps by 10 ms: look half a step to either side before the fine search.
function refineWide(heard: LogMel, rough: Placement, frames: number): Placement {
  const tries = [-40, 0, 40].map((shift) =>
    refinePlacement(heard, { ...rough, atSample: rough.atSample + shift }, frames),
  );
  const cost = (one: Placement): number =>
    matchFrames(heard, one, frames).differences.reduce((sum, value) => sum + value, 0);
  return tries.reduce((best, one) => (cost(one) < cost(best) ? one : best));
}

/** Joins stretches that go on with the same phrase where the one before them stopped. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = [];
  for (const stretch of stretches) {
    const before = out.at(-1);
    if (before && continues(stretch, before)) {
      out[out.length - 1] = { ...before, endMs: stretch.endMs, parts: [...before.parts, ...stretch.parts] };
    } else {
      out.push(stretch);
    }
  }
  return out;
}

function toUtterance({ known, startMs, endMs, parts }: Stretch): HeardUtterance {
  const { phrase } = known;
  const heardWords = phrase.words.filter((word) => wasHeard(known, word, parts)).map((word) => word.text);
  return {
    phraseId: phrase.id,
    text: phrase.text,
    startMs: Math.round(startMs),
    endMs: Math.round(endMs),
    heardWords,
    complete: heardWords.length === phrase.words.length,
  };
}

/** A word was heard when its sound was: from its start to its last voiced frame, though a hold-up may cut it in two. */
function wasHeard(known: KnownPhrase, word: SpokenWord, parts: Stretch['parts']): boolean {
  const [startMs, endMs] = clearSound(known, word);
  let reachedMs = startMs;
  for (const { fromMs, untilMs } of parts) {
    if (fromMs - edgeMs < reachedMs) reachedMs = Math.max(reachedMs, untilMs);
  }
  return reachedMs >= endMs - edgeMs / 2 && reachedMs > startMs;
}

/** Where the word's clear sound begins and ends, in milliseconds of the phrase. */
function clearSound(known: KnownPhrase, word: SpokenWord): readonly [number, number] {
  const { logMel, peakDb } = known;
  const isClear = (frame: number): boolean => excessAt(logMel, frame, peakDb - floorDb) >= 3.5 * spoiltDb;
  let first = Math.round(word.startMs / bookHopMs);
  let last = Math.min(logMel.frameCount, Math.round(word.endMs / bookHopMs)) - 1;
  while (last > first && !isClear(last)) last--;
  while (first < last && !isClear(first)) first++;
  return [first * bookHopMs, (last + 1) * bookHopMs];
}

function excessAt(logMel: LogMel, frame: number, floor: number): number {
  let sum = 0;
  for (const level of logMel.bands.subarray(frame * bandCount, (frame + 1) * bandCount))
    sum += Math.max(0, level - floor);
  return sum / bandCount;
}
