import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';

/** The flow that an assistant gets when it is seeded alone: `start -> assistant -> hangup`, named like the assistant. */
export function assistantFlow({ assistantId, name, language, voice }: AssistantVersion): FlowDocument {
  return {
    schemaVersion: 1,
    name,
    languages: [language],
    voiceId: voice.voiceId,
    start: 'start',
    nodes: {
      start: { type: 'start', edges: { next: 'assistant' } },
      assistant: { type: 'assistant', assistantId, edges: { ended: 'bye', silence: 'bye', timeLimit: 'bye' } },
      bye: { type: 'hangup', reason: 'ended' },
    },
    layout: { start: { x: 0, y: 0 }, assistant: { x: 260, y: 0 }, bye: { x: 520, y: 0 } },
  };
}
