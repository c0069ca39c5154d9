/**
 * Which words of a sentence the caller had heard when it broke off.
 *
 * A model sends the text and the audio of its speech unaligned. What aligns them here: words take time by their
 * length, only sound takes time and not pauses, and the longer pauses stand where the punctuation is.
 */
import { STEP_MS, stretchesOf, type Stretch } from './speech-profile.ts';

export interface SpokenSoFar {
  /** Everything said, as far as the model has delivered it. */
  text: string;
  /** Levels of everything said, as far as it has arrived, from `SpeechProfile`. */
  levels: readonly number[];
  /** Whether text and audio are both whole; if not, `weightPerMs` relates them. */
  complete: boolean;
  /** As `speechRate` gives it for complete speech of the same voice; absent: that of an ordinary voice. */
  weightPerMs?: number;
}

const ORDINARY_RATE = 0.0165;
const MIN_PAUSE_STEPS = 5;
const HEARD_SHARE = 0.85; // of a word, before it counts as understood

/** The part of the text that had been heard after so many milliseconds of its audio: whole words, as written. */
export function heardText(spoken: SpokenSoFar, heardMs: number): string {
  const words = wordsOf(spoken.text);
  if (spoken.levels.length * STEP_MS <= heardMs && spoken.complete) return spoken.text.trim();
  const weight = weightAt(spoken, words, heardMs);
  let end = 0;
  for (const word of words) {
    if (word.startWeight + (word.endWeight - word.startWeight) * HEARD_SHARE > weight) break;
    end = word.endIndex;
  }
  return spoken.text.slice(0, end).trim();
}

/** How fast a voice speaks, from something that it said in full; undefined where that is too short to tell. */
export function speechRate(text: string, levels: readonly number[]): number | undefined {
  const durationMs = soundSteps(stretchesOf(levels, MIN_PAUSE_STEPS)) * STEP_MS;
  const weight = wordsOf(text).at(-1)?.endWeight ?? 0;
  return durationMs < 800 || weight === 0 ? undefined : weight / durationMs;
}

interface Word {
  /** Where the word ends in the text, its punctuation included. */
  endIndex: number;
  startWeight: number;
  endWeight: number;
  /** 0 inside a phrase, 1 after a comma, 2 after a sentence. */
  pause: 0 | 1 | 2;
}

interface Anchor {
  soundMs: number;
  weight: number;
}

function weightAt({ levels, complete, weightPerMs }: SpokenSoFar, words: readonly Word[], heardMs: number): number {
  const stretches = stretchesOf(levels, MIN_PAUSE_STEPS);
  const totalMs = soundSteps(stretches) * STEP_MS;
  const total = words.at(-1)?.endWeight ?? 0;
  const rate = complete && totalMs > 0 ? total / totalMs : (weightPerMs ?? ORDINARY_RATE);
  const anchors = anchorsOf(stretches, words, rate);
  if (complete) anchors.push({ soundMs: totalMs, weight: total });
  const soundMs = soundBefore(stretches, heardMs);
  const after = anchors.findIndex((anchor) => anchor.soundMs > soundMs);
  const from = anchors.at(after === -1 ? -1 : after - 1) ?? { soundMs: 0, weight: 0 };
  const to = after === -1 ? undefined : anchors[after];
  if (!to) return from.weight + (soundMs - from.soundMs) * rate;
  return from.weight + ((soundMs - from.soundMs) / (to.soundMs - from.soundMs)) * (to.weight - from.weight);
}

/** Pairs pauses in the sound with punctuation in the text, in order, where that bends the speaking rate least. */
function anchorsOf(stretches: readonly Stretch[], words: readonly Word[], rate: number): Anchor[] {
  const pauses = pausesOf(stretches);
  const breaks = words.slice(0, -1).filter((word) => word.pause > 0);
  const best: { anchor: Anchor; cost: number; before: number }[] = [
    { anchor: { soundMs: 0, weight: 0 }, cost: 0, before: -1 },
  ];
  for (const pause of pauses) {
    const known = best.length;
    for (const word of breaks) {
      const anchor = { soundMs: pause.soundMs, weight: word.endWeight };
      const gain = Math.min(2, pause.lengthMs / 150) + word.pause;
      let cheapest = { anchor, cost: Infinity, before: -1 };
      for (let before = Math.max(0, known - REACH); before < known; before++) {
        const from = best[before];
        if (!from || from.anchor.soundMs >= anchor.soundMs || from.anchor.weight >= anchor.weight) continue;
        const cost = from.cost + bend(from.anchor, anchor, rate) - gain;
        if (cost < cheapest.cost) cheapest = { anchor, cost, before };
      }
      if (cheapest.cost < Infinity) best.push(cheapest);
    }
  }
  return chain(best);
}

const REACH = 200; // pairs looked back on: bounds the work on a very long speech

function chain(best: readonly { anchor: Anchor; cost: number; before: number }[]): Anchor[] {
  let index = 0;
  best.forEach(({ cost }, candidate) => {
    if (cost < (best[index]?.cost ?? 0)) index = candidate;
  });
  const anchors: Anchor[] = [];
  for (let node = best[index]; node; node = node.before === -1 ? undefined : best[node.before])
    anchors.unshift(node.anchor);
  return anchors;
}

/** How unlikely it is that a voice of this rate spoke from one anchor to the other: the squared error in its spread. */
function bend(from: Anchor, to: Anchor, rate: number): number {
  const expected = (to.soundMs - from.soundMs) * rate;
  const spread = 1.5 + 0.12 * expected;
  return ((to.weight - from.weight - expected) / spread) ** 2;
}

function pausesOf(stretches: readonly Stretch[]): { soundMs: number; lengthMs: number }[] {
  let soundMs = 0;
  return stretches.slice(0, -1).map(({ from, to }, index) => {
    soundMs += (to - from) * STEP_MS;
    return { soundMs, lengthMs: ((stretches[index + 1]?.from ?? to) - to) * STEP_MS };
  });
}

function soundSteps(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
}

function soundBefore(stretches: readonly Stretch[], untilMs: number): number {
  return stretches.reduce((sum, { from, to }) => {
    return sum + Math.max(0, Math.min(to * STEP_MS, untilMs) - from * STEP_MS);
  }, 0);
}

function wordsOf(text: string): Word[] {
  let weight = 0;
  return [...text.matchAll(/\S+/g)].map((match) => {
    const startWeight = weight;
    weight += weightOf(match[0]);
    return { endIndex: match.index + match[0].length, startWeight, endWeight: weight, pause: pauseAfter(match[0]) };
  });
}

/** Length of a spoken word in letters, roughly: a digit is spoken as a word, a written letter is about one sound. */
function weightOf(word: string): number {
  const letters = word.match(/\p{L}/gu)?.length ?? 0;
  const digits = word.match(/\p{N}/gu)?.length ?? 0;
  return letters + 7 * digits + (letters + digits > 0 ? 1 : 0);
}

function pauseAfter(word: string): 0 | 1 | 2 {
  if (/[.!?…]["”“»)]*$/.test(word)) return 2;
  return /[,;:–—]["”“»)]*$/.test(word) ? 1 : 0;
}
