import { voiceDetections } from '../../contracts/assistant.ts';
import { encodeMulaw } from '../../media-gateway/audio/mulaw.ts';
import { loadVoiceNet } from '../../media-gateway/turn-taking/voice-net.ts';
import { type NoiseClip, noisePcm, noiseSet } from '../../simulator/noise/noise-set.ts';
import { random } from '../../simulator/speech/distortions.ts';
import { loadPhraseBook, phrasePcm } from '../../simulator/speech/phrase-book.ts';
import { createListener } from './listener.ts';

/** The detections that an assistant may have, and the network without the light detection. */
export const detectors = [...voiceDetections, 'network'] as const;
export type Detector = (typeof detectors)[number];

/** What a detection did on one kind of line while the assistant spoke. */
export interface HeardCondition {
  readonly kind: NoiseClip['kind'] | 'quiet';
  /** Absent where the noise has a level of its own, or there is none. */
  readonly snrDb?: number;
  readonly detection: Detector;
  /** Noise alone. */
  readonly noiseSeconds: number;
  readonly falseStops: number;
  /** From a phrase's first sound to the assistant's silence, ms; `MISSED_MS` where it did not fall silent in that time. */
  readonly delaysMs: readonly number[];
  /** CPU for one second of a call, ms: of noise alone, and of a caller who talks. */
  readonly noiseCpuMs: number;
  readonly talkCpuMs: number;
}

export const MISSED_MS = 1500;

const CLIPS_PER_CONDITION = 9; // with 14 conditions of two minutes: 4.2 hours, of which 4 of 9 are held out
const TALK_CLIPS = 2;
const GAINS = [1, 0.7, 0.5] as const; // 0 to 6 dB below the usual level
const LOUD = 150; // effective value at which a phrase has begun: 47 dB below full scale

/** Plays the half of the noise set that nothing was tuned on to every detection, alone and with a caller's phrases in it. */
export async function hearConditions(): Promise<HeardCondition[]> {
  const listener = createListener(await loadVoiceNet());
  const stopsIn = async (mulaw: Uint8Array, detection: Detector): Promise<number[]> => {
    if (detection === 'network') return listener.voicesByNetwork(mulaw);
    const moves = await listener.listen(mulaw, { detection });
    return moves.filter(({ move }) => move.type === 'pause').map(({ atMs }) => atMs);
  };
  await stopsIn(talkOver(new Int16Array(30 * 8000), 1).mulaw, 'neural'); // until it is compiled
  listener.takeCpuMsPerSecond();
  const results: HeardCondition[] = [];
  for (const { clips, ...condition } of conditions()) {
    const lines = clips.map((clip) => (clip ? noisePcm(clip) : new Int16Array(120 * 8000)));
    const noises = lines.map((line) => encodeMulaw(line));
    const talks = lines.slice(0, TALK_CLIPS).map((line, index) => talkOver(line, 20 + index));
    for (const detection of detectors) {
      let falseStops = 0;
      for (const noise of noises) falseStops += (await stopsIn(noise, detection)).length;
      const noiseCpuMs = listener.takeCpuMsPerSecond();
      const delaysMs: number[] = [];
      for (const { mulaw, beginsMs } of talks) delaysMs.push(...delays(beginsMs, await stopsIn(mulaw, detection)));
      const talkCpuMs = listener.takeCpuMsPerSecond();
      const noiseSeconds = condition.kind === 'quiet' ? 0 : 120 * clips.length;
      results.push({ ...condition, detection, noiseSeconds, falseStops, delaysMs, noiseCpuMs, talkCpuMs });
    }
  }
  return results;
}

interface Condition {
  readonly kind: HeardCondition['kind'];
  readonly snrDb?: number;
  readonly clips: readonly (NoiseClip | undefined)[];
}

function conditions(): Condition[] {
  const found = new Map<string, NoiseClip[]>();
  for (const clip of noiseSet(CLIPS_PER_CONDITION)) {
    if (!clip.heldOut) continue;
    const key = `${clip.kind} ${clip.snrDb ?? ''}`;
    found.set(key, [...(found.get(key) ?? []), clip]);
  }
  const noisy = [...found.values()].flatMap((clips): Condition[] => {
    const [first] = clips;
    return first ? [{ kind: first.kind, ...(first.snrDb === undefined ? {} : { snrDb: first.snrDb }), clips }] : [];
  });
  return [{ kind: 'quiet', clips: [undefined, undefined] }, ...noisy];
}

/** The caller's phrases over a line, at different levels. */
function talkOver(noise: Int16Array, seed: number): { mulaw: Uint8Array; beginsMs: number[] } {
  const next = random(seed);
  const line = noise.slice();
  const phrases = loadPhraseBook().phrases.filter(({ speaker }) => speaker === 'caller');
  const beginsMs: number[] = [];
  for (let at = 24_000; at < line.length - 80_000;) {
    const phrase = phrases[Math.floor(next() * phrases.length)];
    if (!phrase) break;
    const gain = GAINS[Math.floor(next() * GAINS.length)] ?? 1;
    const pcm = phrasePcm(phrase, 8000).map((sample) => sample * gain);
    pcm.forEach((sample, n) => (line[at + n] = Math.max(-32_768, Math.min(32_767, (line[at + n] ?? 0) + sample))));
    beginsMs.push((at + firstSound(pcm)) / 8);
    at += pcm.length + 20_000 + Math.floor(8000 * next());
  }
  return { mulaw: encodeMulaw(line), beginsMs };
}

function firstSound(pcm: Int16Array): number {
  for (let at = 0; at < pcm.length; at += 80) {
    const power = pcm.subarray(at, at + 80).reduce((sum, sample) => sum + sample * sample, 0) / 80;
    if (power > LOUD * LOUD) return at;
  }
  return 0;
}

function delays(beginsMs: readonly number[], stopsMs: readonly number[]): number[] {
  return beginsMs.map((beginMs) => {
    const stop = stopsMs.find((stopMs) => stopMs > beginMs && stopMs < beginMs + MISSED_MS);
    return stop === undefined ? MISSED_MS : stop - beginMs;
  });
}
