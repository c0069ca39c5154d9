import type { AssistantVersion } from '../contracts/assistant.ts';

export function madeUpAssistant(assistantId: string, fields: Partial<AssistantVersion> = {}): AssistantVersion {
  return {
    assistantId,
    versionId: `${assistantId}@1`,
    version: 1,
    name: assistantId,
    systemPrompt: 'Pomáháš volajícím.',
    language: 'cs-CZ',
    model: { modelId: 'gemini-3.8-live', fallbackModelIds: [], latencyProfile: 'fast' },
    voice: { voiceId: 'cs-CZ-Standard-A', modelVoice: 'Kore', bargeIn: true, bargeInGreeting: false },
    escalationKeywords: ['stížnost'],
    tools: [],
    outcomes: [{ name: 'order', description: 'The caller asks about an order.' }],
    maxDurationMs: 1_800_000,
    ...fields,
  };
}
