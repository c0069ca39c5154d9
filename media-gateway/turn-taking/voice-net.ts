import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-web/wasm';
import { type NetAnswer, type NetQuestion, STEP } from './line-judge.ts';

const SEEN_BEFORE = 32; // samples before each step that are given again
const MEMORY = 256;

/**
 * Loads Silero VAD, a network of the MIT licence that judges 8 kHz as it is, in wasm on this thread. Its shapes are
 * those of the model's file: `input[1, 32 + 256]`, `state[2, 1, 128]`, `sr`, and `output[1, 1]`, `stateN`.
 */
export async function loadVoiceNet(): Promise<(question: NetQuestion) => Promise<NetAnswer>> {
  ort.env.wasm.numThreads = 1;
  const model = await readFile(new URL(import.meta.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx')));
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const sr = new ort.Tensor('int64', BigInt64Array.of(8000n), []);

  return async ({ pcm, state }) => {
    const known = state?.slice() ?? new Float32Array(MEMORY + SEEN_BEFORE);
    const memory = known.subarray(0, MEMORY);
    const input = new Float32Array(SEEN_BEFORE + STEP);
    input.set(known.subarray(MEMORY), STEP);
    let likeness = 0;
    for (let at = 0; at < pcm.length; at += STEP) {
      input.copyWithin(0, STEP);
      for (let n = 0; n < STEP; n++) input[SEEN_BEFORE + n] = (pcm[at + n] ?? 0) / 32_768;
      const { output, stateN } = await session.run({
        input: new ort.Tensor('float32', input, [1, input.length]),
        state: new ort.Tensor('float32', memory, [2, 1, 128]),
        sr,
      });
      likeness = Number(output?.data[0]);
      memory.set(floats(stateN));
    }
    known.set(input.subarray(STEP), MEMORY);
    return { likeness, state: known };
  };
}

function floats(tensor: ort.Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError('the network gave no memory back');
}
