import { AppError } from './errors.ts';

/** The names tenants may write for a realtime model, and the vendor's current id behind each. */
const modelAliases: Readonly<Record<string, string>> = {
  'gemini-3.8-live': 'gemini-3.8-live',
  'gemini-3.8-live-extended-thinking': 'gemini-3.8-live-extended-thinking',
  'gemini-3.1-flash-live': 'gemini-3.1-flash-live-preview',
  'gemini-3.1-flash-live-preview': 'gemini-3.1-flash-live-preview',
  'gemini-2.5-flash-live': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-2.5-flash-native-audio': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-2.5-flash-native-audio-latest': 'gemini-2.5-flash-native-audio-latest',
  'gemini-2.5-flash-native-audio-preview-09-2025': 'gemini-2.5-flash-native-audio-preview-09-2025',
  'gemini-2.5-flash-native-audio-preview-12-2025': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gpt-realtime': 'gpt-realtime-2.1',
  'gpt-realtime-2.1': 'gpt-realtime-2.1',
  'gpt-realtime-2': 'gpt-realtime-2',
  'gpt-realtime-1.5': 'gpt-realtime-1.5',
  'gpt-realtime-mini': 'gpt-realtime-2.1-mini',
  'gpt-realtime-2.1-mini': 'gpt-realtime-2.1-mini',
};

export type ModelProvider = 'gemini' | 'openai';

/** Whose model an id names, and so whose key it takes. */
export function modelProvider(modelId: string): ModelProvider {
  return modelId.startsWith('gpt-') ? 'openai' : 'gemini';
}

/** The vendor's id for a name that a tenant wrote. Throws `document-invalid` with the known names. */
export function resolveModel(name: string): string {
  const id = modelAliases[name];
  if (id === undefined) {
    throw new AppError(
      'document-invalid',
      `unknown realtime model "${name}"; known: ${Object.keys(modelAliases).join(', ')}`,
    );
  }
  return id;
}
