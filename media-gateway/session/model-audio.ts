import type { AudioFormat } from '../../contracts/realtime-model.ts';
import { encodeMulaw } from '../audio/mulaw.ts';
import { createPcm16Reader } from '../audio/pcm16.ts';
import { createDownsampler24To8, MAX_FLUSH } from '../audio/resampler.ts';

/** Turns a model's audio into the carrier's. The results are valid until the next call. */
export interface ModelAudio {
  use(format: AudioFormat): void;
  toMulaw(audio: Uint8Array): Uint8Array;
  /** What the filter still held of the answer that is over. */
  flush(): Uint8Array;
  /** Forgets the answer that was cut. */
  reset(): void;
}

const NOTHING = new Uint8Array(0);
// Shared by all calls: the work is done before anything else runs.
let pcm8k = new Int16Array(8192);
let mulaw = new Uint8Array(8192);

export function createModelAudio(): ModelAudio {
  const reader = createPcm16Reader();
  const resampler = createDownsampler24To8();
  let isMulaw = false;
  let holds = false;

  return {
    use({ encoding }) {
      isMulaw = encoding === 'mulaw';
    },
    toMulaw(audio) {
      if (isMulaw) return audio;
      const pcm = reader.read(audio);
      const room = Math.max(resampler.maxOutput(pcm.length), MAX_FLUSH);
      if (pcm8k.length < room) {
        pcm8k = new Int16Array(2 * room);
        mulaw = new Uint8Array(2 * room);
      }
      holds ||= pcm.length > 0;
      return encodeMulaw(pcm8k.subarray(0, resampler.process(pcm, pcm8k)), mulaw);
    },
    flush() {
      reader.reset();
      if (!holds) return NOTHING;
      holds = false;
      return encodeMulaw(pcm8k.subarray(0, resampler.flush(pcm8k)), mulaw);
    },
    reset() {
      reader.reset();
      resampler.flush(pcm8k);
      holds = false;
    },
  };
}
