/** What the model can do wrong, by name; `section` is where the vendor's behaviour is described. */
export const modelTraps = [
  { name: 'handshake-403', section: 'B.3', hears: 'the upgrade refused with HTTP 403' },
  { name: 'never-setup-complete', section: 'B.3', hears: 'an open socket on which setupComplete never comes' },
  { name: 'malformed-frame', section: 'B.3', hears: 'a frame in the middle of an answer that is no JSON' },
  { name: 'close-1006', section: 'B.6', hears: 'the socket broken without a close frame in the middle of an answer' },
  { name: 'close-1007', section: 'B.6', hears: 'an answer cut by close 1007 "Request contains an invalid argument."' },
  {
    name: 'close-1008',
    section: 'B.6',
    hears: 'close 1008 "Operation is not implemented…" at a tool call or in an answer',
  },
  { name: 'close-1011', section: 'B.6', hears: 'an answer cut by close 1011 "Internal error encountered."' },
  { name: 'deadline-expired', section: 'B.4', hears: 'close 1011 "Deadline expired…" between two turns, unannounced' },
  { name: 'quota-exceeded', section: 'B.4', hears: 'close 1011 with RESOURCE_EXHAUSTED instead of setupComplete' },
  { name: 'go-away', section: 'B.4', hears: 'goAway with 5 s left after a turn, then close 1011' },
  { name: 'duplicate-tool-call', section: 'B.6', hears: 'the same function called twice with different ids' },
  { name: 'tool-call-without-id', section: 'B.6', hears: 'a function call without an id' },
  {
    name: 'tool-call-cancellation',
    section: 'B.6',
    hears: 'a call cancelled 150 ms later and then made again with a new id',
  },
  { name: 'late-tool-cancellation', section: 'B.6', hears: 'a call cancelled after its answer had been sent' },
  { name: 'interrupted-wedge', section: 'B.6', hears: '`interrupted`, and then nothing at all on this connection' },
  { name: 'phantom-interrupted', section: 'B.6', hears: '`interrupted` in an answer although nobody spoke' },
  { name: 'empty-turn', section: 'B.6', hears: 'a turn that completes without a sound' },
  { name: 'silent-stall', section: 'B.6', hears: 'no answer to an utterance until the model is spoken to again' },
  { name: 'swallowed-turn', section: 'B.6', hears: 'one utterance ignored as if it had not been said' },
  {
    name: 'late-input-transcription',
    section: 'B.3',
    hears: 'what the caller said, 2.5 s late and after the answer began',
  },
  { name: 'missing-transcription', section: 'B.3', hears: 'no transcription of one utterance' },
  { name: 'resumption-refused', section: 'B.4', hears: 'a good handle refused with 1011' },
  { name: 'resumption-expired', section: 'B.4', hears: 'a handle refused with 1007' },
  { name: 'many-keys-one-message', section: 'B.3', hears: 'audio, transcription and usage in one message' },
  {
    name: 'unlisted-language-refused',
    section: 'B.5',
    hears: 'setup with a language code that is not listed closed with 1007',
  },
  {
    name: 'audio-outside-activity-refused',
    section: 'B.6',
    hears: 'audio outside activityStart and activityEnd closed with 1007',
  },
] as const;

export type ModelTrapName = (typeof modelTraps)[number]['name'];

const names: ReadonlySet<string> = new Set(modelTraps.map((trap) => trap.name));

export function isModelTrap(name: string): name is ModelTrapName {
  return names.has(name);
}

/** Traps that are armed for a key; each springs once. */
export interface TrapSet {
  readonly armed: readonly ModelTrapName[];
  arm(name: ModelTrapName): void;
  /** Whether the trap is armed; it no longer is afterwards. */
  take(name: ModelTrapName): boolean;
  has(name: ModelTrapName): boolean;
}

export function createTrapSet(initial: readonly ModelTrapName[] = []): TrapSet {
  const set = new Set(initial);
  return {
    get armed() {
      return [...set];
    },
    arm: (name) => void set.add(name),
    take: (name) => set.delete(name),
    has: (name) => set.has(name),
  };
}
