import { bandCount, silenceDb, type LogMel } from './log-mel.ts';

/** The noise of a line, one level per band in dB. */
export type NoiseBands = Float32Array;

const beforeMs = 150;
const afterMs = 250;
const share = 0.9;
const marginDb = 3;
const leastBands = 5;
const reach = 5;

/** What lies before and after an utterance, and seldom exceeds these levels. */
export function noiseAround({ bands, frameCount, hopMs }: LogMel): NoiseBands {
  const first = Math.min(frameCount, beforeMs / hopMs);
  const last = Math.max(first, frameCount - afterMs / hopMs);
  return Float32Array.from({ length: bandCount }, (_, band) => {
    const levels: number[] = [];
    for (let frame = 0; frame < frameCount; frame++) {
      if (frame < first || frame >= last) levels.push(bands[frame * bandCount + band] ?? silenceDb);
    }
    levels.sort((one, other) => one - other);
    return (levels[Math.floor(share * (levels.length - 1))] ?? silenceDb) + marginDb;
  });
}

/** What stands out of the noise; the rest is silence. */
export function aboveNoise(heard: LogMel, noise: NoiseBands): LogMel {
  const bands = heard.bands.map((level, index) =>
    level > (noise[index % bandCount] ?? silenceDb) ? level : silenceDb,
  );
  return { ...heard, bands };
}

/** The frames of which, with most of their neighbours, several bands stand out: a moment of louder noise does not. */
export function standingOut({ bands, frameCount }: LogMel): number[] {
  const stands = Array.from({ length: frameCount }, (_, frame) => {
    const own = bands.subarray(frame * bandCount, (frame + 1) * bandCount);
    return own.filter((level) => level > silenceDb).length >= leastBands;
  });
  const near = (frame: number): number =>
    stands.slice(Math.max(0, frame - reach), frame + reach + 1).filter(Boolean).length;
  return stands.flatMap((is, frame) => (is && near(frame) > reach ? [frame] : []));
}
