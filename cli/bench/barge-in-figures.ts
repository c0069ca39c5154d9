/**
 * How soon the assistant falls silent when the caller begins to speak, and how often it does so for nothing: the
 * product's ear in audio time, on the half of the noise set that it was not tuned on.
 */
import { encodeMulaw } from '../../media-gateway/audio/mulaw.ts';
import { createCallerEar } from '../../media-gateway/turn-taking/caller-ear.ts';
import { type NoiseClip, noisePcm, noiseSet } from '../../simulator/noise/noise-set.ts';
import { random } from '../../simulator/speech/distortions.ts';
import { loadPhraseBook, phrasePcm } from '../../simulator/speech/phrase-book.ts';
import type { Measured } from './figure.ts';
import { percentileOf } from './percentiles.ts';

const CLIPS_PER_CONDITION = 9; // with 14 conditions of two minutes: 4.2 hours, of which 4 of 9 are held out
const FRAME = 160;
const GAINS = [1, 0.7, 0.5] as const; // 0 to 6 dB below the usual level
const LOUD = 150; // effective value at which a phrase has begun: 47 dB below full scale
const WITHIN_MS = 1500;

/** `bargeIn.*`: false stops on the noises that have a goal, those of the others apart, and the delay of the stop. */
export function measureBargeIn(): Measured[] {
  const clips = noiseSet(CLIPS_PER_CONDITION).filter(({ heldOut }) => heldOut);
  const goal = clips.filter(hasGoal);
  return [
    { name: 'bargeIn.onsetToClearMsP95', value: percentileOf(delays(), 95) },
    { name: 'bargeIn.falseStopsPerHour', value: stopsPerHour(goal) },
    {
      name: 'bargeIn.falseStopsPerHourUnasked',
      value: stopsPerHour(clips.filter((clip) => !goal.includes(clip))),
      note: 'babble, and music at 5 dB',
    },
  ];
}

function hasGoal({ kind, snrDb }: NoiseClip): boolean {
  return kind !== 'babble' && !(kind === 'music' && snrDb === 5);
}

function stopsPerHour(clips: readonly NoiseClip[]): number {
  const stops = clips.reduce((sum, clip) => sum + stopsIn(noisePcm(clip)).length, 0);
  const seconds = clips.reduce((sum, clip) => sum + clip.seconds, 0);
  return (stops * 3600) / seconds;
}

/** The caller's phrases over a quiet line and over the faintest noises, from their first sound to the stop. */
function delays(): number[] {
  const next = random(20);
  const noises = noiseSet(2).filter(
    ({ heldOut, kind, snrDb }) => heldOut && (snrDb === 20 || kind === 'echo') && kind !== 'babble',
  );
  const lines = [new Int16Array(960_000), ...noises.map(noisePcm)];
  const phrases = loadPhraseBook().phrases.filter(({ speaker }) => speaker === 'caller');
  return lines.flatMap((line) => {
    const begins: number[] = [];
    for (let at = 24_000; at < line.length - 80_000;) {
      const phrase = phrases[Math.floor(next() * phrases.length)];
      if (!phrase) break;
      const gain = GAINS[Math.floor(next() * GAINS.length)] ?? 1;
      const pcm = phrasePcm(phrase, 8000).map((sample) => sample * gain);
      pcm.forEach((sample, n) => (line[at + n] = Math.max(-32_768, Math.min(32_767, (line[at + n] ?? 0) + sample))));
      begins.push((at + firstSound(pcm)) / 8);
      at += pcm.length + 20_000 + Math.floor(8000 * next());
    }
    const stops = stopsIn(line);
    return begins.map((beginMs) => {
      const stop = stops.find((stopMs) => stopMs > beginMs && stopMs < beginMs + WITHIN_MS);
      return stop === undefined ? WITHIN_MS : stop - beginMs;
    });
  });
}

function firstSound(pcm: Int16Array): number {
  for (let at = 0; at < pcm.length; at += 80) {
    const power = pcm.subarray(at, at + 80).reduce((sum, sample) => sum + sample * sample, 0) / 80;
    if (power > LOUD * LOUD) return at;
  }
  return 0;
}

/** When the assistant, who speaks without end, fell silent, in ms: at the end of the frame that decided it. */
function stopsIn(pcm: Int16Array): number[] {
  const stops: number[] = [];
  const ear = createCallerEar({
    latencyProfile: 'balanced',
    toModel: () => undefined,
    onMove: ({ type }, atMs) => {
      if (type === 'pause') stops.push(atMs);
    },
  });
  const mulaw = encodeMulaw(pcm);
  for (let at = FRAME; at <= mulaw.length; at += FRAME) {
    const view = { assistantSpeaks: true, mayInterrupt: true, endsSoon: false };
    ear.hear(mulaw.subarray(at - FRAME, at), { endMs: at / 8, atMs: at / 8 }, view);
  }
  return stops;
}
