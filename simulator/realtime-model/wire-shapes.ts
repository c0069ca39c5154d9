import { isRecord } from './json.ts';
import { unknownField, type Refusal } from './refusal.ts';

/** Names of allowed fields; `open` holds anything, `[shape]` is a list. */
export type Shape = 'open' | readonly [Shape] | { readonly [name: string]: Shape };

const content: Shape = {
  role: 'open',
  parts: [{ text: 'open', inlineData: 'open', functionCall: 'open', functionResponse: 'open', thought: 'open' }],
};
const declaration: Shape = {
  name: 'open',
  description: 'open',
  behavior: 'open',
  parameters: 'open',
  parametersJsonSchema: 'open',
  response: 'open',
  responseJsonSchema: 'open',
};
const tools: Shape = [
  {
    functionDeclarations: [declaration],
    googleSearch: 'open',
    codeExecution: 'open',
    urlContext: 'open',
    retrieval: 'open',
  },
];
const blob: Shape = { data: 'open', mimeType: 'open' };
const transcription: Shape = {
  languageCodes: 'open',
  languageHints: 'open',
  languageAuto: 'open',
  customVocabulary: 'open',
  adaptationPhrases: 'open',
  wordTimestamp: 'open',
  diarization: 'open',
  mode: 'open',
};

/** Every message that a client may send, by its one top-level key. */
export const clientMessages: { readonly [name: string]: Shape } = {
  setup: {
    model: 'open',
    generationConfig: {
      responseModalities: 'open',
      temperature: 'open',
      topP: 'open',
      topK: 'open',
      maxOutputTokens: 'open',
      seed: 'open',
      candidateCount: 'open',
      presencePenalty: 'open',
      frequencyPenalty: 'open',
      mediaResolution: 'open',
      enableAffectiveDialog: 'open',
      thinkingConfig: { thinkingBudget: 'open', thinkingLevel: 'open', includeThoughts: 'open' },
      speechConfig: {
        languageCode: 'open',
        voiceConfig: { prebuiltVoiceConfig: { voiceName: 'open' }, replicatedVoiceConfig: 'open' },
        multiSpeakerVoiceConfig: 'open',
      },
    },
    systemInstruction: content,
    tools,
    sessionResumption: { handle: 'open' },
    inputAudioTranscription: transcription,
    outputAudioTranscription: transcription,
    realtimeInputConfig: {
      automaticActivityDetection: {
        disabled: 'open',
        startOfSpeechSensitivity: 'open',
        endOfSpeechSensitivity: 'open',
        prefixPaddingMs: 'open',
        silenceDurationMs: 'open',
      },
      activityHandling: 'open',
      turnCoverage: 'open',
      interimTranscriptTimestampEnabled: 'open',
    },
    contextWindowCompression: { triggerTokens: 'open', slidingWindow: { targetTokens: 'open' } },
    proactivity: { proactiveAudio: 'open' },
    historyConfig: { initialHistoryInClientContent: 'open' },
    translationConfig: 'open',
    avatarConfig: 'open',
    safetySettings: 'open',
    labels: 'open',
  },
  realtimeInput: {
    audio: blob,
    video: blob,
    text: 'open',
    mediaChunks: [blob],
    audioStreamEnd: 'open',
    activityStart: {},
    activityEnd: {},
  },
  clientContent: { turns: [content], turnComplete: 'open' },
  toolResponse: {
    functionResponses: [
      { id: 'open', name: 'open', response: 'open', scheduling: 'open', willContinue: 'open', parts: 'open' },
    ],
  },
  contextUpdate: { systemInstruction: content, tools: { tools } },
};

/** The first field that the shape does not know, as the vendor reports it. */
export function checkShape(value: unknown, shape: Shape, at: string): Refusal | undefined {
  if (shape === 'open' || value === null || value === undefined) return undefined;
  if (isListShape(shape)) {
    // The JSON form of a repeated field takes a single value, too.
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const [n, item] of items.entries()) {
      const refusal = checkShape(item, shape[0], `${at}[${n}]`);
      if (refusal) return refusal;
    }
    return undefined;
  }
  if (!isRecord(value)) return unknownField('', at);
  for (const [name, inner] of Object.entries(value)) {
    const known = shape[name];
    if (known === undefined) return unknownField(name, at);
    const refusal = checkShape(inner, known, at === '' ? name : `${at}.${name}`);
    if (refusal) return refusal;
  }
  return undefined;
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
