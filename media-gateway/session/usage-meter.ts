import type { ModelUsage } from '../../contracts/realtime-model.ts';

/** Tokens that a call has used so far, by model. */
export interface UsageMeter {
  add(modelId: string, usage: ModelUsage): void;
  totals(): ReadonlyMap<string, ModelUsage>;
}

export function createUsageMeter(): UsageMeter {
  const totals = new Map<string, ModelUsage>();
  return {
    add(modelId, usage) {
      const before = totals.get(modelId);
      totals.set(modelId, before ? sumOf(before, usage) : { ...usage });
    },
    totals: () => totals,
  };
}

function sumOf(one: ModelUsage, other: ModelUsage): ModelUsage {
  return {
    textIn: one.textIn + other.textIn,
    audioIn: one.audioIn + other.audioIn,
    textOut: one.textOut + other.textOut,
    audioOut: one.audioOut + other.audioOut,
    thoughts: one.thoughts + other.thoughts,
    cached: one.cached + other.cached,
  };
}
