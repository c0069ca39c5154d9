/**
 * What the model can do wrong, by name; `section` is where the vendor's behaviour is
 * described, `hears` is what the customer's side meets, `caller` what the person on the telephone is to hear of it.
 */
export const modelTraps = [
  {
    name: 'handshake-403',
    section: 'B.3',
    hears: 'the upgrade refused with HTTP 403',
    caller: 'nothing of it: the greeting comes from a second attempt',
  },
  {
    name: 'never-setup-complete',
    section: 'B.3',
    hears: 'an open socket on which setupComplete never comes',
    caller: 'nothing of it: a second attempt overtakes the one that hangs',
  },
  {
    name: 'malformed-frame',
    section: 'B.3',
    hears: 'a frame in the middle of an answer that is no JSON',
    caller: 'nothing of it: the frame is left out and the answer goes on',
  },
  {
    name: 'close-1000',
    section: 'B.6',
    hears: 'an answer cut by close 1000, as if there were nothing more to say',
    caller: 'one sentence cut, one apology, then the talk goes on',
  },
  {
    name: 'close-1006',
    section: 'B.6',
    hears: 'the socket broken without a close frame in the middle of an answer',
    caller: 'one sentence cut, one apology, then the talk goes on',
  },
  {
    name: 'close-1007',
    section: 'B.6',
    hears: 'an answer cut by close 1007 "Request contains an invalid argument."',
    caller: 'one sentence cut, one apology, then the talk goes on',
  },
  {
    name: 'close-1008',
    section: 'B.6',
    hears: 'close 1008 "Operation is not implemented…" at a tool call or in an answer',
    caller: 'one sentence cut, one apology, then the talk goes on',
  },
  {
    name: 'close-1011',
    section: 'B.6',
    hears: 'an answer cut by close 1011 "Internal error encountered."',
    caller: 'one sentence cut, one apology, then the talk goes on',
  },
  {
    name: 'deadline-expired',
    section: 'B.4',
    hears: 'close 1011 "Deadline expired…" between two turns, unannounced',
    caller: 'nothing of it: the connection is replaced between two turns',
  },
  {
    name: 'quota-exceeded',
    section: 'B.4',
    hears: 'close 1011 with RESOURCE_EXHAUSTED instead of setupComplete',
    caller: 'nothing of it: the greeting comes from a second attempt',
  },
  {
    name: 'go-away',
    section: 'B.4',
    hears: 'goAway with 5 s left after a turn, then close 1011',
    caller: 'nothing of it: the connection is replaced between two turns',
  },
  {
    name: 'go-away-mid-answer',
    section: 'B.4',
    hears: 'goAway with 20 s left in the middle of an answer, then close 1011, whoever speaks',
    caller: 'nothing of it: the answer is spoken to its end, and the connection replaced in the pause after it',
  },
  {
    name: 'duplicate-tool-call',
    section: 'B.6',
    hears: 'the same function called twice with different ids',
    caller: 'one answer: the tool runs once',
  },
  {
    name: 'tool-call-without-id',
    section: 'B.6',
    hears: 'a function call without an id',
    caller: 'the answer, as with an id',
  },
  {
    name: 'tool-call-cancellation',
    section: 'B.6',
    hears: 'a call cancelled 150 ms later and then made again with a new id',
    caller: 'one answer: the call that is made again finds the result of the first',
  },
  {
    name: 'late-tool-cancellation',
    section: 'B.6',
    hears: 'a call cancelled after its answer had been sent',
    caller: 'the answer: what was delivered stays delivered',
  },
  {
    name: 'interrupted-wedge',
    section: 'B.6',
    hears: '`interrupted`, and then nothing at all on this connection',
    caller: 'a pause after the interruption, then an apology and the answer',
  },
  {
    name: 'phantom-interrupted',
    section: 'B.6',
    hears: '`interrupted` in an answer although nobody spoke',
    caller: 'a pause in the sentence, then the rest',
  },
  {
    name: 'empty-turn',
    section: 'B.6',
    hears: 'a turn that completes without a sound',
    caller: 'the answer a little later: the model is asked for it once more',
  },
  {
    name: 'silent-stall',
    section: 'B.6',
    hears: 'no answer to an utterance until the model is spoken to again',
    caller: 'the answer a little later: the model is asked for it once more',
  },
  {
    name: 'silent-greeting',
    section: 'B.6',
    hears: 'no answer to the first message that asks the model to speak, until it is spoken to again',
    caller: 'the greeting a little later: the model is asked for it once more',
  },
  {
    name: 'swallowed-turn',
    section: 'B.6',
    hears: 'one utterance ignored as if it had not been said',
    caller: 'a question to say it again',
  },
  {
    name: 'late-input-transcription',
    section: 'B.3',
    hears: 'what the caller said, 2.5 s late and after the answer began',
    caller: 'nothing of it: the words reach the right turn late',
  },
  {
    name: 'missing-transcription',
    section: 'B.3',
    hears: 'no transcription of one utterance',
    caller: 'nothing of it: the turn is stored without words',
  },
  {
    name: 'transcript-begins-late',
    section: 'B.6',
    hears: 'the transcription of an interruption without its first half',
    caller: 'nothing of it: the turn is stored with the words that came',
  },
  {
    name: 'late-turn-end',
    section: 'B.6',
    hears: 'a turn that the model finds over a second later than it was asked to',
    caller: 'the answer a little later',
  },
  {
    name: 'short-utterance-ignored',
    section: 'B.6',
    hears: 'an utterance of one short word ignored as if it had not been said',
    caller: 'a question to say it again',
  },
  {
    name: 'malformed-function-call',
    section: 'B.2',
    hears: 'a turn that ends with MALFORMED_FUNCTION_CALL where the function should be called',
    caller: 'a pause, then the answer: the model is asked to go on',
  },
  {
    name: 'function-taken-away',
    section: 'B.6',
    hears: 'a call of a function that an update of the session had taken away',
    caller: 'nothing of it: the model is told that there is no such function and goes on',
  },
  {
    name: 'model-mute',
    section: 'B.6',
    hears: 'no answer to anything, on any connection',
    caller: 'that it takes a moment, then the answer of the next model of the list',
  },
  {
    name: 'model-hangs',
    section: 'B.3',
    hears: 'no setupComplete, on any connection',
    caller: 'that it takes a moment, an apology, and what the flow does then',
  },
  {
    name: 'model-away',
    section: 'B.4',
    hears: 'close 1011 with RESOURCE_EXHAUSTED instead of setupComplete, on every connection',
    caller: 'an apology, and what the flow does then',
  },
  {
    name: 'resumption-refused',
    section: 'B.4',
    hears: 'a good handle refused with 1011',
    caller: 'nothing of it: the next session is told what was said so far',
  },
  {
    name: 'resumption-expired',
    section: 'B.4',
    hears: 'a handle refused with 1007',
    caller: 'nothing of it: the next session is told what was said so far',
  },
  {
    name: 'many-keys-one-message',
    section: 'B.3',
    hears: 'audio, transcription and usage in one message',
    caller: 'nothing of it',
  },
  {
    name: 'unlisted-language-refused',
    section: 'B.5',
    hears: 'setup with a language code that is not listed closed with 1007',
    caller: 'nothing of it',
  },
  {
    name: 'audio-outside-activity-refused',
    section: 'B.6',
    hears: 'audio outside activityStart and activityEnd closed with 1007',
    caller: 'nothing of it',
  },
  {
    name: 'half-open-socket',
    section: 'B.6',
    hears: 'an answer due on a connection that carries nothing any more, its close included',
    caller: 'a pause, then an apology and the answer from another connection',
  },
  {
    name: 'lost-tool-result',
    section: 'B.4',
    hears: 'close 1011 as soon as the answer of a function has come',
    caller: 'an apology, then the answer: the result is told to the next session',
  },
  {
    name: 'silent-after-tool',
    section: 'B.6',
    hears: 'nothing after the answer of a function until the model is spoken to',
    caller: 'the answer a little later: the model is asked for it once more',
  },
] as const;

export type ModelTrapName = (typeof modelTraps)[number]['name'];

const names: ReadonlySet<string> = new Set(modelTraps.map((trap) => trap.name));

export function isModelTrap(name: string): name is ModelTrapName {
  return names.has(name);
}

/** Traps that are armed for a key; each springs once, but for those that last. */
export interface TrapSet<Name = ModelTrapName> {
  readonly armed: readonly Name[];
  arm(name: Name): void;
  /** Whether the trap is armed; it no longer is afterwards. */
  take(name: Name): boolean;
  has(name: Name): boolean;
  /** Whether the trap is armed or has been; it then goes on for good. */
  lasts(name: Name): boolean;
}

export function createTrapSet<Name = ModelTrapName>(initial: readonly Name[] = []): TrapSet<Name> {
  const set = new Set(initial);
  const lasting = new Set<Name>();
  return {
    get armed() {
      return [...set];
    },
    arm: (name) => void set.add(name),
    take: (name) => set.delete(name),
    has: (name) => set.has(name),
    lasts(name) {
      if (set.delete(name)) lasting.add(name);
      return lasting.has(name);
    },
  };
}
