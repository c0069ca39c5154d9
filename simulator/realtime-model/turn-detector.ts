/** What 10 ms of audio mean for the caller's turn. */
export type TurnSignal = 'none' | 'onset' | 'end';

export interface TurnDetector {
  readonly speaking: boolean;
  /** Takes the level of the next 10 ms in dB below full scale. */
  push(levelDb: number): TurnSignal;
  reset(): void;
}

export interface TurnDetectorOptions {
  /** Silence that ends a turn. */
  readonly silenceMs: number;
  /** Speech that begins one: 80 ms when sensitive, else 160 ms. */
  readonly sensitive: boolean;
}

const frameMs = 10;
const quietestSpeechDb = -50;
const aboveNoiseDb = 12;

/** Finds turns by energy alone, in the time of the audio itself: without audio no turn ends. */
export function createTurnDetector({ silenceMs, sensitive }: TurnDetectorOptions): TurnDetector {
  const onsetMs = sensitive ? 80 : 160;
  let speaking = false;
  let loudMs = 0;
  let quietMs = 0;
  let noiseDb = -70;

  const reset = (): void => {
    speaking = false;
    loudMs = 0;
    quietMs = 0;
  };
  return {
    get speaking() {
      return speaking;
    },
    reset,
    push(levelDb) {
      const loud = levelDb > Math.max(quietestSpeechDb, noiseDb + aboveNoiseDb);
      // The noise floor falls at once and rises by 3 dB a second, also while somebody speaks.
      noiseDb = levelDb < noiseDb ? Math.max(-90, levelDb) : Math.min(-40, noiseDb + 0.03);
      if (loud) {
        loudMs += frameMs;
        quietMs = 0;
      } else {
        quietMs += frameMs;
        if (!speaking && quietMs > 40) loudMs = 0;
      }
      if (!speaking && loudMs >= onsetMs) {
        speaking = true;
        return 'onset';
      }
      if (speaking && quietMs >= silenceMs) {
        reset();
        return 'end';
      }
      return 'none';
    },
  };
}
