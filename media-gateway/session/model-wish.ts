import type { SessionConfig } from '../../contracts/realtime-model.ts';
import { systemInstruction } from './instructions.ts';
import { modelTools } from './model-tools.ts';
import type { ModelWish } from './open-model.ts';
import type { SessionStart } from './session-deps.ts';

/** A model session for this assistant, with what it shall remember. */
export function modelWish(
  { assistant, vars }: Pick<SessionStart, 'assistant' | 'vars'>,
  memory: { handle?: string; seed: NonNullable<SessionConfig['seed']> },
  connectTimeoutMs: number,
): ModelWish {
  const { model, voice, language } = assistant;
  return {
    modelIds: [model.modelId, ...model.fallbackModelIds],
    ...memory,
    config: {
      systemInstruction: systemInstruction(assistant, vars),
      language,
      voice: voice.modelVoice,
      ...(model.temperature === undefined ? {} : { temperature: model.temperature }),
      latencyProfile: model.latencyProfile,
      bargeIn: voice.bargeIn,
      tools: modelTools(assistant),
      connectTimeoutMs,
    },
  };
}
