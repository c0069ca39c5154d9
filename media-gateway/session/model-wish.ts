import type { SessionConfig } from '../../contracts/realtime-model.ts';
import { systemInstruction } from './instructions.ts';
import { modelTools } from './model-tools.ts';
import type { ModelWish, ResumptionHandle } from './open-model.ts';
import type { SessionStart } from './session-deps.ts';

/**
 * A model session for this assistant, with what it shall remember. Models to `avoid` are the last resort; a `deepModelId`
 * is asked alone: it is for a hard question.
 */
export function modelWish(
  { assistant, vars }: Pick<SessionStart, 'assistant' | 'vars'>,
  memory: { handle?: ResumptionHandle; seed: NonNullable<SessionConfig['seed']> },
  connectTimeoutMs: number,
  avoid: ReadonlySet<string> = new Set(),
  deepModelId?: string,
): ModelWish {
  const { model, voice, language } = assistant;
  const modelIds = deepModelId === undefined ? [model.modelId, ...model.fallbackModelIds] : [deepModelId];
  return {
    modelIds: [...modelIds.filter((id) => !avoid.has(id)), ...modelIds.filter((id) => avoid.has(id))],
    ...memory,
    config: {
      systemInstruction: systemInstruction(assistant, vars),
      language,
      voice: voice.modelVoice,
      ...(model.temperature === undefined ? {} : { temperature: model.temperature }),
      latencyProfile: model.latencyProfile,
      bargeIn: voice.bargeIn,
      activity: voice.bargeIn ? 'client' : 'model',
      tools: modelTools(assistant, deepModelId !== undefined),
      connectTimeoutMs,
    },
  };
}
