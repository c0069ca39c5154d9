import { AppError } from './errors.ts';

/** The realtime model's own voices. */
const modelVoices = [
  'Zephyr',
  'Puck',
  'Charon',
  'Kore',
  'Fenrir',
  'Leda',
  'Orus',
  'Aoede',
  'Callirrhoe',
  'Autonoe',
  'Enceladus',
  'Iapetus',
  'Umbriel',
  'Algieba',
  'Despina',
  'Erinome',
  'Algenib',
  'Rasalgethi',
  'Laomedeia',
  'Achernar',
  'Alnilam',
  'Schedar',
  'Gacrux',
  'Pulcherrima',
  'Achird',
  'Zubenelgenubi',
  'Vindemiatrix',
  'Sadachbia',
  'Sadaltager',
  'Sulafat',
] as const;

/** Voices that the carrier speaks with, and the model voice that comes nearest in sex and register. */
const carrierVoices: Readonly<Record<string, string>> = {
  'cs-CZ-Standard-A': 'Kore',
  'cs-CZ-Standard-B': 'Aoede',
  'cs-CZ-Wavenet-A': 'Kore',
  'cs-CZ-Wavenet-B': 'Aoede',
  'en-US-Standard-B': 'Charon',
  'en-US-Standard-C': 'Kore',
  'en-GB-Standard-A': 'Leda',
  'en-GB-Standard-B': 'Orus',
};

export interface VoiceChoice {
  /** As the tenant wrote it, for `<Say>` and for showing. */
  voiceId: string;
  modelVoice: string;
  /** Tells the tenant where a voice was mapped. */
  notice?: string;
}

/** The model voice behind a voice id. Throws `document-invalid` with the known ids. */
export function resolveVoice(voiceId: string): VoiceChoice {
  const own = modelVoices.find((voice) => voice === voiceId);
  if (own) return { voiceId, modelVoice: own };
  const modelVoice = carrierVoices[voiceId];
  if (modelVoice === undefined) {
    const known = [...Object.keys(carrierVoices), ...modelVoices].join(', ');
    throw new AppError('document-invalid', `unknown voice "${voiceId}"; known: ${known}`);
  }
  return { voiceId, modelVoice, notice: `the realtime model speaks "${voiceId}" with its voice "${modelVoice}"` };
}

/** The carrier's name of the voice for spoken text; a model's own voice is replaced by the language's first one. */
export function carrierVoice(voiceId: string, language: string): string {
  if (carrierVoices[voiceId] !== undefined) return `Google.${voiceId}`;
  const primary = language.split('-')[0] ?? '';
  const fallback = Object.keys(carrierVoices).find((id) => id.startsWith(primary)) ?? 'en-US-Standard-C';
  return `Google.${fallback}`;
}
