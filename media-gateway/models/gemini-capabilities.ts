/** What one Gemini Live model takes and does; everything that tells the models apart stands here. */
export interface GeminiCapabilities {
  /** Vendor ids that begin so share the row. */
  readonly idPrefix: string;
  /** `budget` and `level` are two generations of one setting; `none` refuses either. */
  readonly thinking: 'none' | { readonly budget: number } | { readonly level: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH' };
  /** How long it may think before it answers, where that is longer than a caller takes for granted. */
  readonly thinksMs?: number;
  /** Whether the model waits for a tool's result before it says more. A model that is asked to wait is easier to follow. */
  readonly toolBehaviour: 'sync-only' | 'either' | 'non-blocking-only';
  /** How a text makes the model speak: as a turn of the conversation, or as input beside the audio. */
  readonly nudge: 'clientContent' | 'realtimeText';
  /** Whether turns may be put before the conversation, and whether the last one must be the caller's. */
  readonly seed: 'any' | 'last-turn-user';
  /** Whether instructions and tools can be exchanged while the session is open. */
  readonly contextUpdate: boolean;
  /** Whether the transcription of the caller can be told its language. */
  readonly transcriptionLanguage: boolean;
  /** How long one connection lives, where the vendor says so. */
  readonly connectionMs: number;
  readonly resumption: boolean;
  /** Whether the model ends a turn only while audio, be it silence, goes on arriving. */
  readonly needsContinuousAudio: boolean;
}

/** Sources: the vendor's Live documentation and field reports, November 2026. The longest prefix wins. */
const rows: readonly GeminiCapabilities[] = [
  {
    idPrefix: 'gemini-2.5-flash-native-audio',
    thinking: { budget: 0 },
    toolBehaviour: 'sync-only',
    nudge: 'clientContent',
    seed: 'last-turn-user',
    contextUpdate: false,
    transcriptionLanguage: false,
    connectionMs: 600_000,
    resumption: true,
    needsContinuousAudio: false,
  },
  {
    idPrefix: 'gemini-3.1-flash-live',
    thinking: { level: 'MINIMAL' },
    toolBehaviour: 'sync-only',
    nudge: 'realtimeText',
    seed: 'any',
    contextUpdate: false,
    transcriptionLanguage: true,
    connectionMs: 600_000,
    resumption: true,
    needsContinuousAudio: false,
  },
  {
    idPrefix: 'gemini-3.8-live',
    thinking: 'none',
    toolBehaviour: 'either',
    nudge: 'clientContent',
    seed: 'any',
    contextUpdate: true,
    transcriptionLanguage: true,
    connectionMs: 3_480_000,
    resumption: true,
    needsContinuousAudio: true,
  },
  {
    idPrefix: 'gemini-3.8-live-extended-thinking',
    thinking: { level: 'MEDIUM' },
    thinksMs: 15_000,
    toolBehaviour: 'non-blocking-only',
    nudge: 'clientContent',
    seed: 'any',
    contextUpdate: true,
    transcriptionLanguage: true,
    connectionMs: 3_480_000,
    resumption: true,
    needsContinuousAudio: true,
  },
];

/** The row of a vendor's model id; undefined for a model that is not known to be a Gemini Live one. */
export function geminiCapabilities(modelId: string): GeminiCapabilities | undefined {
  return rows
    .filter(({ idPrefix }) => modelId.startsWith(idPrefix))
    .toSorted((one, other) => other.idPrefix.length - one.idPrefix.length)[0];
}
