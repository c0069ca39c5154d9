import { noiseKinds, noisePcm, type NoiseKind } from '../noise/noise-set.ts';
import { decodeMulaw, encodeMulaw, FRAME_SAMPLES } from './mulaw.ts';

/** What a person's telephone sends beside his voice. */
export interface LineFault {
  /** Heard where he is, so far below the usual level of speech; `echo` and `dtmf` have a level of their own. */
  readonly noise?: NoiseKind;
  readonly snrDb?: number;
  /** What he hears comes back, by so much weaker. */
  readonly echoDb?: number;
}

/** Adds the line's own sound to what a person says, frame by frame. */
export type LineSound = (said: Uint8Array, heard: Uint8Array) => Uint8Array;

const noiseSeconds = 20; // over and over
const noiseSeed = 7;
const echoFrames = 6; // 120 ms
const loops = new Map<string, Int16Array>();

export function createLineSound({ noise, snrDb, echoDb }: LineFault): LineSound {
  const loop = noise === undefined ? undefined : noiseLoop(noise, snrDb);
  const echoGain = echoDb === undefined ? 0 : 10 ** (echoDb / 20);
  const underWay: Int16Array[] = [];
  let at = 0;
  return (said, heard) => {
    underWay.push(decodeMulaw(heard));
    const back = underWay.length > echoFrames ? underWay.shift() : undefined;
    const mixed = decodeMulaw(said).map((sample, n) => {
      const sum = sample + (loop?.[(at + n) % loop.length] ?? 0) + echoGain * (back?.[n] ?? 0);
      return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    });
    at += FRAME_SAMPLES;
    return encodeMulaw(mixed);
  };
}

export function isNoiseKind(value: unknown): value is NoiseKind {
  return noiseKinds.some((kind) => kind === value);
}

function noiseLoop(kind: NoiseKind, snrDb: number | undefined): Int16Array {
  const key = `${kind} ${snrDb}`;
  const made = loops.get(key);
  if (made) return made;
  const level = snrDb === undefined ? {} : { snrDb };
  const pcm = noisePcm({ kind, ...level, seed: noiseSeed, seconds: noiseSeconds, heldOut: false });
  loops.set(key, pcm);
  return pcm;
}
