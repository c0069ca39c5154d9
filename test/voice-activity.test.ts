import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../media-gateway/audio/mulaw.ts';
import { createVoiceActivity } from '../media-gateway/turn-taking/voice-activity.ts';
import { loadVoiceNet } from '../media-gateway/turn-taking/voice-net.ts';
import { noisePcm, noiseSet } from '../simulator/noise/noise-set.ts';
import { loadPhraseBook, phrasePcm } from '../simulator/speech/phrase-book.ts';

const net = await loadVoiceNet();

/** The same with the neural network, whose answer to a frame is there before the next. */
async function onsetsWithNet(pcm: Int16Array): Promise<number[]> {
  let answer: Promise<unknown> | undefined;
  const activity = createVoiceActivity((question) => {
    const answering = net(question);
    answer = answering;
    return answering;
  });
  const mulaw = encodeMulaw(pcm);
  const onsets: number[] = [];
  for (let at = 0; at + 160 <= mulaw.length; at += 160) {
    if (activity.hear(mulaw.subarray(at, at + 160), true) === 'onset') onsets.push((at + 160) / 8);
    await answer;
    answer = undefined;
  }
  return onsets;
}

/** Ends of the frames, in ms, at which an onset was found while the assistant spoke. */
function onsetsOf(pcm: Int16Array): { atMs: number; beganMs: number }[] {
  const activity = createVoiceActivity();
  const mulaw = encodeMulaw(pcm);
  const onsets: { atMs: number; beganMs: number }[] = [];
  for (let at = 0; at + 160 <= mulaw.length; at += 160) {
    if (activity.hear(mulaw.subarray(at, at + 160), true) !== 'onset') continue;
    const atMs = (at + 160) / 8;
    onsets.push({ atMs, beganMs: atMs - activity.beganMsAgo() });
  }
  return onsets;
}

const { phrases } = loadPhraseBook();
const callers = phrases.filter(({ speaker }) => speaker === 'caller');
const leadMs = 1000;

function onLine(pcm: Int16Array, gain: number): Int16Array {
  const line = new Int16Array(leadMs * 8 + pcm.length);
  line.set(
    pcm.map((sample) => sample * gain),
    leadMs * 8,
  );
  return line;
}

/** When a phrase is first as loud as speech, ms. */
function beginsMs(pcm: Int16Array): number {
  for (let at = 0; at < pcm.length; at += 80) {
    const power = pcm.subarray(at, at + 80).reduce((sum, sample) => sum + sample * sample, 0) / 80;
    if (power > 150 * 150) return at / 8;
  }
  return 0;
}

describe('voice activity', () => {
  it.each([1, 0.5, 0.4])('finds nearly every onset of speech within 160 ms, at a gain of %d', (gain) => {
    const delays = callers.map((phrase) => {
      const pcm = phrasePcm(phrase, 8000);
      const [first] = onsetsOf(onLine(pcm, gain));
      return (first?.atMs ?? Infinity) - leadMs - beginsMs(pcm);
    });
    const late = delays.filter((delayMs) => delayMs > 160);
    expect(late.length).toBeLessThanOrEqual(gain === 1 ? callers.length * 0.05 : callers.length * 0.1);
    expect(Math.max(...delays)).toBeLessThan(600);
  });

  it('dates the onset back to where the sound began', () => {
    for (const phrase of callers) {
      const pcm = phrasePcm(phrase, 8000);
      const [first] = onsetsOf(onLine(pcm, 1));
      expect(first?.beganMs).toBeGreaterThanOrEqual(leadMs);
      expect((first?.atMs ?? 0) - (first?.beganMs ?? 0)).toBeLessThanOrEqual(140);
    }
  });

  it('is over with the last frame that sounds, however loud that ends', () => {
    const line = onLine(
      Int16Array.from({ length: 4000 }, (_, n) => 20_000 * Math.sin((n * Math.PI) / 40 + 1)),
      1,
    );
    const activity = createVoiceActivity();
    const mulaw = encodeMulaw(Int16Array.from([...line, ...new Int16Array(160)]));
    const voices = [];
    for (let at = 0; at < mulaw.length; at += 160) voices.push(activity.hear(mulaw.subarray(at, at + 160), false));
    expect(voices.slice(-2)).toEqual(['voiced', 'quiet']);
  });

  const heldOut = noiseSet(2).filter((clip) => clip.heldOut);
  const quietOnes = heldOut.filter(({ kind, snrDb }) => kind !== 'babble' && snrDb !== 5);
  it.each(quietOnes)(
    'is not fooled by $kind at $snrDb dB that it was not tuned on',
    (clip) => {
      expect(onsetsOf(noisePcm({ ...clip, seconds: 60 }))).toEqual([]);
    },
    60_000,
  );

  it('hears the caller through the noise of an office and of a street', () => {
    for (const clip of heldOut.filter(({ kind, snrDb }) => snrDb === 20 && (kind === 'office' || kind === 'street'))) {
      const { line, startsMs } = talkOver(noisePcm({ ...clip, seconds: 60 }));
      const onsets = onsetsOf(line).map(({ atMs }) => atMs);
      expect(foundOf(startsMs, onsets)).toBeGreaterThanOrEqual(4);
    }
  });

  const voiceless = heldOut.filter(({ kind }) => kind !== 'babble');
  it.each(voiceless)(
    'with the network is not fooled by $kind at $snrDb dB either',
    async (clip) => {
      expect(await onsetsWithNet(noisePcm({ ...clip, seconds: 60 }))).toEqual([]);
    },
    60_000,
  );

  it.each(heldOut.filter(({ kind, snrDb }) => snrDb === 10 && (kind === 'music' || kind === 'street')))(
    'with the network hears a soft caller over $kind at $snrDb dB better than without',
    async (clip) => {
      const { line, startsMs } = talkOver(noisePcm({ ...clip, seconds: 60 }), 0.5);
      const alone = onsetsOf(line).map(({ atMs }) => atMs);
      expect(foundOf(startsMs, await onsetsWithNet(line))).toBeGreaterThan(foundOf(startsMs, alone));
    },
    60_000,
  );
});

/** Five of the caller's phrases over a minute of noise, which keeps its level. */
function talkOver(line: Int16Array, gain = 1): { line: Int16Array; startsMs: number[] } {
  const startsMs = [10, 20, 30, 40, 50].map((second, index) => {
    const phrase = callers[index * 3];
    const pcm = phrase ? phrasePcm(phrase, 8000) : new Int16Array(0);
    pcm.forEach((sample, n) => (line[second * 8000 + n] = (line[second * 8000 + n] ?? 0) + gain * sample));
    return second * 1000;
  });
  return { line, startsMs };
}

function foundOf(startsMs: readonly number[], onsetsMs: readonly number[]): number {
  return startsMs.filter((startMs) => onsetsMs.some((atMs) => atMs > startMs && atMs < startMs + 600)).length;
}
