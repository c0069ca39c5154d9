import { random } from '../speech/distortions.ts';
import { babble } from './babble.ts';
import type { NoiseMaker } from './band.ts';
import { dtmf } from './dtmf.ts';
import { lineEcho } from './line-echo.ts';
import { music } from './music.ts';
import { office } from './office.ts';
import { street } from './street.ts';

/*
 * What is heard on a telephone line beside the caller. Every clip is composed by its seed out of a few made ingredients
 * and the recorded phrases, so that hours of sound cost no storage and are the same everywhere.
 */

export const noiseKinds = ['street', 'office', 'music', 'babble', 'echo', 'dtmf'] as const;
export type NoiseKind = (typeof noiseKinds)[number];

export interface NoiseClip {
  readonly kind: NoiseKind;
  /** How far the noise lies below speech of the usual level; absent where the kind has a level of its own. */
  readonly snrDb?: number;
  readonly seed: number;
  readonly seconds: number;
  /** Not to be looked at while a detector is tuned. */
  readonly heldOut: boolean;
}

/** Effective value of the recorded phrases, about -20 dB below full scale. */
const SPEECH_LEVEL = 3300;

const makers: Readonly<Record<NoiseKind, NoiseMaker>> = { street, office, music, babble, echo: lineEcho, dtmf };
const ratiosDb = [20, 10, 5] as const;
const echoDb = -30;
const dtmfDb = 4;
const clipSeconds = 120;

/** The whole set: `clipsPerCondition` clips of two minutes for each noise and level; every second one is held out. */
export function noiseSet(clipsPerCondition: number): NoiseClip[] {
  return noiseKinds.flatMap((kind, k) =>
    (hasLevels(kind) ? ratiosDb : [undefined]).flatMap((snrDb) =>
      Array.from({ length: clipsPerCondition }, (_, n) => ({
        kind,
        ...(snrDb === undefined ? {} : { snrDb }),
        seed: 1000 * (k + 1) + n,
        seconds: clipSeconds,
        heldOut: n % 2 === 1,
      })),
    ),
  );
}

/** The clip's samples, signed 16 bit at 8 kHz. */
export function noisePcm({ kind, snrDb, seed, seconds }: NoiseClip): Int16Array {
  const sound = makers[kind](seconds, random(seed));
  const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length;
  const db = snrDb === undefined ? (kind === 'echo' ? echoDb : dtmfDb) : -snrDb;
  const gain = (SPEECH_LEVEL * 10 ** (db / 20)) / Math.sqrt(power);
  return Int16Array.from(sound, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain))));
}

function hasLevels(kind: NoiseKind): boolean {
  return kind !== 'echo' && kind !== 'dtmf';
}
