/** What one model of the vendor accepts and how it behaves. */
export interface ModelRow {
  readonly id: string;
  /** Which thinking setting it takes. */
  readonly thinking: 'none' | 'budget' | 'level';
  readonly thinkingLevels: readonly string[];
  readonly affectiveDialog: boolean;
  /** `always`: proactive audio cannot be switched off. */
  readonly proactiveAudio: 'none' | 'switch' | 'always';
  /** Which function behaviours may be declared, the default first. */
  readonly toolBehaviours: readonly ('BLOCKING' | 'NON_BLOCKING')[];
  /** `history`: turns only before the model has spoken. */
  readonly clientContent: 'always' | 'history';
  /** Whether a completed list of turns must end with the user's. */
  readonly endsWithUser: boolean;
  readonly contextUpdate: boolean;
  /** Whether `audioStreamEnd` ends the caller's turn; where not, only trailing silence does. */
  readonly audioStreamEnd: boolean;
  /** Whether turns carry `interactionStatus`. */
  readonly interactionStatus: boolean;
  /** How long an instruction may be, in characters, for a session to be resumed by handle. */
  readonly longestResumed: number;
  /** How long one connection lives, and whether `goAway` announces its end. */
  readonly connection: (compressed: boolean) => { lifetimeMs: number; announced: boolean };
}

const tenMinutes = { lifetimeMs: 600_000, announced: true };
const usual = (): typeof tenMinutes => tenMinutes;

const native: Omit<ModelRow, 'id'> = {
  thinking: 'budget',
  thinkingLevels: [],
  affectiveDialog: true,
  proactiveAudio: 'switch',
  toolBehaviours: ['BLOCKING', 'NON_BLOCKING'],
  clientContent: 'always',
  endsWithUser: true,
  contextUpdate: false,
  audioStreamEnd: true,
  interactionStatus: false,
  longestResumed: Infinity,
  connection: usual,
};

const live38: Omit<ModelRow, 'id'> = {
  thinking: 'none',
  thinkingLevels: [],
  affectiveDialog: false,
  proactiveAudio: 'always',
  toolBehaviours: ['NON_BLOCKING', 'BLOCKING'],
  clientContent: 'always',
  endsWithUser: false,
  contextUpdate: true,
  audioStreamEnd: false,
  interactionStatus: false,
  longestResumed: Infinity,
  // Field reports: with compression one connection stays open for 58 minutes and then ends without a word.
  connection: (compressed) => (compressed ? { lifetimeMs: 3_480_000, announced: false } : tenMinutes),
};

const rows: readonly ModelRow[] = [
  { ...live38, id: 'gemini-3.8-live' },
  {
    ...live38,
    id: 'gemini-3.8-live-extended-thinking',
    thinking: 'level',
    thinkingLevels: ['LOW', 'MEDIUM', 'HIGH'],
    toolBehaviours: ['NON_BLOCKING'],
    interactionStatus: true,
  },
  {
    id: 'gemini-3.1-flash-live-preview',
    thinking: 'level',
    thinkingLevels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
    affectiveDialog: false,
    proactiveAudio: 'none',
    toolBehaviours: ['BLOCKING'],
    clientContent: 'history',
    endsWithUser: false,
    contextUpdate: false,
    audioStreamEnd: true,
    interactionStatus: false,
    // Field reports: beyond some 200 tokens of instructions a session of this model is not resumed.
    longestResumed: 800,
    connection: usual,
  },
  { ...native, id: 'gemini-2.5-flash-native-audio-preview-09-2025' },
  { ...native, id: 'gemini-2.5-flash-native-audio-preview-12-2025' },
  { ...native, id: 'gemini-2.5-flash-native-audio-latest' },
];

/** The row of a model as a setup names it (`models/<id>`). */
export function modelRow(name: string): ModelRow | undefined {
  return rows.find((row) => name === `models/${row.id}`);
}

/** Models that answer REST questions. */
export const restModels: readonly string[] = [
  'gemini-3.5-flash',
  'gemini-3.1-flash',
  'gemini-2.5-flash',
  'gemini-2.5-pro',
];

export const voiceNames: ReadonlySet<string> = new Set(
  (
    'Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina ' +
    'Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi ' +
    'Vindemiatrix Sadachbia Sadaltager Sulafat'
  ).split(' '),
);

/** Language codes that the vendor's page lists for live models; Czech is not among them. */
export const listedLanguages: ReadonlySet<string> = new Set(
  (
    'ar-EG bn-BD nl-NL en-IN en-US fr-FR de-DE hi-IN id-ID it-IT ja-JP ko-KR mr-IN pl-PL pt-BR ro-RO ru-RU es-US ' +
    'ta-IN te-IN th-TH tr-TR uk-UA vi-VN'
  ).split(' '),
);
