import { describe, expect, it } from 'vitest';
import { assistantFromDocument, readAssistantDocument } from './assistant-document.ts';

const document = {
  tenant_id: 'demo',
  assistant_id: 'helper',
  name: 'Pomocník',
  system_prompt: 'Jsi pomocník.',
  language: 'cs-CZ',
  model_config: { realtime_model: 'gemini-2.5-flash-live', latency_profile: 'fast', temperature: 0.4 },
  voice_config: { voice_id: 'cs-CZ-Standard-A', barge_in: true },
  tools: [{ type: 'http', name: 'order_status', endpoint: 'https://crm.example/orders' }],
  routing_rules: {
    on_opening_question: 'Představ se.',
    escalation_keywords: ['stížnost', 'právník', 'inspekce'],
    transfer_to_queue: 'support',
  },
};
const ids = { versionId: 'v1', version: 1 };

describe('the assistant document', () => {
  it('becomes a version with aliases resolved and notices for what was mapped', () => {
    const { assistant, notices } = assistantFromDocument(readAssistantDocument(document), ids);
    expect(assistant.model.modelId).toBe('gemini-2.5-flash-native-audio-preview-12-2025');
    expect(assistant.voice).toMatchObject({ voiceId: 'cs-CZ-Standard-A', modelVoice: 'Kore', bargeIn: true });
    expect(assistant.tools[0]).toMatchObject({
      method: 'POST',
      parameters: { type: 'object', additionalProperties: true },
      idempotent: false,
    });
    expect(notices.join('\n')).toMatch(/Kore.*vendor's.*no queue "support"/s);
  });

  it('says how a voice is told from noise where it wants another way than the usual', () => {
    const voiced = (detection: string) => {
      const voice_config = { ...document.voice_config, voice_detection: detection };
      return assistantFromDocument(readAssistantDocument({ ...document, voice_config }), ids).assistant.voice;
    };
    expect(voiced('neural')).toMatchObject({ voiceDetection: 'neural' });
    expect(assistantFromDocument(readAssistantDocument(document), ids).assistant.voice).not.toHaveProperty(
      'voiceDetection',
    );
    expect(() => voiced('loud')).toThrow(/voice_config\.voice_detection/);
  });

  it('names every fault by its path', () => {
    const broken = {
      ...document,
      language: 'Czech',
      model_config: { ...document.model_config, temperature: 9 },
      colour: 'red',
    };
    expect(() => readAssistantDocument(broken)).toThrow(/colour/);
    expect(() => readAssistantDocument(broken)).toThrow(
      /language:[\s\S]*model_config\.temperature:|model_config\.temperature:[\s\S]*language:/,
    );
  });

  it('may name a second model for hard questions, which is another one', () => {
    const withHard = (realtime_model: string) => ({
      ...document,
      model_config: { ...document.model_config, hard_questions: { realtime_model, description: 'Faults.' } },
    });
    const read = (model: string) => assistantFromDocument(readAssistantDocument(withHard(model)), ids).assistant.model;
    expect(read('gemini-3.8-live-extended-thinking').hardQuestions).toEqual({
      modelId: 'gemini-3.8-live-extended-thinking',
      description: 'Faults.',
    });
    expect(() => read('gemini-2.5-flash-live')).toThrow(/hard_questions/);
    expect(() => read('gpt-9')).toThrow(/unknown realtime model "gpt-9"/);
  });

  it('may ask for sensitive inputs, which tools name', () => {
    const input = { name: 'card', description: 'The card.', min_digits: 4, max_digits: 16 };
    const tool = { ...document.tools[0], body: { card: '{{sensitive.card}}' } };
    const read = (change: object) =>
      assistantFromDocument(readAssistantDocument({ ...document, sensitive_inputs: [input], ...change }), ids)
        .assistant;
    expect(read({ tools: [tool] }).sensitiveInputs).toEqual([
      { name: 'card', description: 'The card.', minDigits: 4, maxDigits: 16, endKey: '#', timeoutMs: 15_000 },
    ]);
    expect(() => read({ tools: [tool], sensitive_inputs: [] })).toThrow(/"order_status" takes .* "card"/);
    expect(() => read({ sensitive_inputs: [{ ...input, min_digits: 20 }] })).toThrow(/fewer digits/);
    expect(() => read({ sensitive_inputs: [input, input] })).toThrow(/declared twice/);
    expect(() => read({ sensitive_inputs: [{ ...input, end_key: '5' }] })).toThrow(/sensitive_inputs\.0\.end_key/);
  });

  it('lists the known models and voices where a name is unknown', () => {
    const read = (change: object) => () =>
      assistantFromDocument(readAssistantDocument({ ...document, ...change }), ids);
    expect(read({ model_config: { realtime_model: 'gpt-9' } })).toThrow(
      /unknown realtime model "gpt-9"; known: .*gemini-3\.8-live/,
    );
    expect(read({ voice_config: { voice_id: 'Bob' } })).toThrow(/unknown voice "Bob"; known: cs-CZ-Standard-A.*Zephyr/);
  });
});
