/**
 * How long after the caller's last sound his turn is over, by the latency profile, and how often that is in the middle of
 * what he says: every phrase of the book through the product's ear, in audio time, while the assistant is silent.
 */
import { type LatencyProfile, latencyProfiles } from '../../contracts/assistant.ts';
import { encodeMulaw } from '../../media-gateway/audio/mulaw.ts';
import type { FloorView } from '../../media-gateway/turn-taking/caller-floor.ts';
import { loadVoiceNet } from '../../media-gateway/turn-taking/voice-net.ts';
import { noisePcm, noiseSet } from '../../simulator/noise/noise-set.ts';
import { loadPhraseBook, type Phrase, phrasePcm } from '../../simulator/speech/phrase-book.ts';
import type { Measured } from './figure.ts';
import { createListener } from './listener.ts';
import { percentileOf } from './percentiles.ts';

const LISTENING: FloorView = { assistantSpeaks: false, mayInterrupt: true, endsSoon: false };
const PAUSES_MS = [200, 300, 400, 500, 600, 700, 800, 900, 1000] as const;
const LEAD_MS = 3000;
const REST_MS = 3000;
const LOUD = 150; // effective value at which a phrase ends: 47 dB below full scale

/** `turn.endOfTurnMs*` and `turn.cutPhrasesPercent`, each for every profile. */
export async function measureEndOfTurn(): Promise<Measured[]> {
  const { listen } = createListener(await loadVoiceNet());
  const phrases = loadPhraseBook().phrases.filter(({ speaker }) => speaker === 'caller');
  const clips = noiseSet(2).filter(
    ({ kind, snrDb, heldOut }) => heldOut && snrDb === 20 && (kind === 'street' || kind === 'office'),
  );
  const noises = clips.map((clip) => noisePcm({ ...clip, seconds: 20 }));

  /** When the caller's turns ended, ms from the line's beginning. */
  const givenMs = async (pcm: Int16Array, latencyProfile: LatencyProfile, noise?: Int16Array): Promise<number[]> => {
    const line = lineWith(pcm, noise);
    const moves = await listen(encodeMulaw(line), { detection: 'auto', view: LISTENING, latencyProfile });
    return moves.filter(({ move }) => move.type === 'give').map(({ atMs }) => atMs);
  };
  /** From each phrase's last sound to the end of the turn. */
  const endsOf = async (profile: LatencyProfile, noise?: Int16Array): Promise<number[]> => {
    const ends: number[] = [];
    for (const phrase of phrases) {
      const pcm = phrasePcm(phrase, 8000);
      const last = (await givenMs(pcm, profile, noise)).at(-1) ?? LEAD_MS + pcm.length / 8 + REST_MS;
      ends.push(last - LEAD_MS - lastSoundMs(pcm));
    }
    return ends;
  };
  const cutsOf = async (profile: LatencyProfile): Promise<{ percent: number; fromMs: number | undefined }> => {
    const shares: number[] = [];
    for (const pauseMs of PAUSES_MS) {
      let cut = 0;
      for (const phrase of phrases) if ((await givenMs(withPause(phrase, pauseMs), profile)).length > 1) cut += 1;
      shares.push(cut / phrases.length);
    }
    const percent = (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
    return { percent, fromMs: PAUSES_MS.find((_, index) => (shares[index] ?? 0) > 0.5) };
  };

  const figures: Measured[] = [];
  for (const profile of latencyProfiles) {
    const quiet = await endsOf(profile);
    const noisy: number[] = [];
    for (const noise of noises) noisy.push(...(await endsOf(profile, noise)));
    const { percent, fromMs } = await cutsOf(profile);
    figures.push(
      { name: `turn.endOfTurnMsP50.${profile}`, value: percentileOf(quiet, 50), note: 'over a quiet line' },
      { name: `turn.endOfTurnMsP95.${profile}`, value: percentileOf(quiet, 95) },
      {
        name: `turn.endOfTurnInNoiseMsP95.${profile}`,
        value: percentileOf(noisy, 95),
        note: 'over street and office at 20 dB',
      },
      {
        name: `turn.cutPhrasesPercent.${profile}`,
        value: percent,
        note: `with a pause of 200 to 1000 ms in the middle; most of them from ${fromMs ?? '-'} ms on`,
      },
    );
  }
  return figures;
}

function lineWith(pcm: Int16Array, noise: Int16Array | undefined): Int16Array {
  const line = new Int16Array(8 * (LEAD_MS + REST_MS) + pcm.length);
  line.set(pcm, 8 * LEAD_MS);
  return noise ? line.map((sample, n) => Math.max(-32_768, Math.min(32_767, sample + (noise[n] ?? 0)))) : line;
}

/** The phrase with silence after the word in its middle. */
function withPause(phrase: Phrase, pauseMs: number): Int16Array {
  const pcm = phrasePcm(phrase, 8000);
  const at = 8 * (phrase.words[Math.ceil(phrase.words.length / 2) - 1]?.endMs ?? 0);
  const paused = new Int16Array(pcm.length + 8 * pauseMs);
  paused.set(pcm.subarray(0, at));
  paused.set(pcm.subarray(at), at + 8 * pauseMs);
  return paused;
}

function lastSoundMs(pcm: Int16Array): number {
  for (let end = pcm.length; end > 0; end -= 80) {
    const part = pcm.subarray(Math.max(0, end - 80), end);
    if (part.reduce((sum, sample) => sum + sample * sample, 0) > part.length * LOUD * LOUD) return end / 8;
  }
  return 0;
}
