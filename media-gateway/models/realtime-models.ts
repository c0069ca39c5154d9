import { modelProvider } from '../../contracts/models.ts';
import type { RealtimeModel } from '../../contracts/realtime-model.ts';
import { geminiCapabilities } from './gemini-capabilities.ts';
import { GeminiLive2_5FlashModel, GeminiLiveProModel } from './gemini-live-models.ts';
import type { ModelAdapterDeps } from './model-adapter-deps.ts';
import { OpenAIRealtimeModel } from './openai-realtime-model.ts';

/** The adapter of each model by the vendor's id; undefined for a model that none knows. */
export function createRealtimeModels(deps: ModelAdapterDeps): (modelId: string) => RealtimeModel | undefined {
  const flash = new GeminiLive2_5FlashModel(deps);
  const pro = new GeminiLiveProModel(deps);
  const openAi = new OpenAIRealtimeModel(deps);
  return (modelId) => {
    if (modelProvider(modelId) === 'openai') return openAi;
    const capabilities = geminiCapabilities(modelId);
    if (!capabilities) return undefined;
    return capabilities.toolBehaviour === 'non-blocking-only' ? pro : flash;
  };
}
