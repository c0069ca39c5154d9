import { MULAW_SILENCE, decodeMulaw } from '../audio/mulaw.ts';
import { createUpsampler8To16 } from '../audio/resampler.ts';

/**
 * The caller's audio on its way to the model: converted where a model is there, kept for it, bounded, where it is not
 * yet. What is kept beyond the bound goes oldest first.
 */
export interface CallerAudio {
  /** One piece of µ-law. */
  take(mulaw: Uint8Array): void;
  silence(durationMs: number): void;
  /** From here on audio goes to this function, what was kept first. Its buffer is valid during the call only. */
  connect(send: (chunk: Buffer) => void, encoding: 'pcm16le' | 'mulaw'): void;
  /** From here on audio is kept. */
  disconnect(): void;
}

const MAX_KEPT_MS = 2000;
const PIECE_SAMPLES = 160;
const silentPiece = new Uint8Array(PIECE_SAMPLES).fill(MULAW_SILENCE);
// Shared by all calls: the work is done before anything else runs.
const pcm8k = new Int16Array(8000);
const pcm16k = new Int16Array(16_100);
const pcmBytes = Buffer.from(pcm16k.buffer);

export function createCallerAudio(): CallerAudio {
  let upsampler = createUpsampler8To16();
  let kept: Uint8Array[] = [];
  let keptSamples = 0;
  let target: { send: (chunk: Buffer) => void; encoding: 'pcm16le' | 'mulaw' } | undefined;

  const pass = (mulaw: Uint8Array): void => {
    if (target?.encoding === 'mulaw') {
      target.send(Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.length));
      return;
    }
    const samples = upsampler.process(decodeMulaw(mulaw, pcm8k), pcm16k);
    if (samples > 0) target?.send(pcmBytes.subarray(0, 2 * samples));
  };
  const keep = (mulaw: Uint8Array): void => {
    kept.push(mulaw.slice());
    keptSamples += mulaw.length;
    while (keptSamples > MAX_KEPT_MS * 8) keptSamples -= kept.shift()?.length ?? keptSamples;
  };
  const take = (mulaw: Uint8Array): void => {
    if (target) pass(mulaw);
    else keep(mulaw);
  };

  return {
    take,
    silence(durationMs) {
      for (let samples = durationMs * 8; samples > 0; samples -= PIECE_SAMPLES) {
        take(samples >= PIECE_SAMPLES ? silentPiece : silentPiece.subarray(0, samples));
      }
    },
    connect(send, encoding) {
      upsampler = createUpsampler8To16();
      target = { send, encoding };
      for (const piece of kept) pass(piece);
      kept = [];
      keptSamples = 0;
    },
    disconnect() {
      target = undefined;
      kept = [];
      keptSamples = 0;
    },
  };
}
