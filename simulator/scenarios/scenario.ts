import type { NoiseKind } from '../noise/noise-set.ts';
import type { SpokenLanguage } from '../speech/phrase-book.ts';

/**
 * What a simulated person on the phone does next. A step that waits gives up after `timeoutMs` (20 s unless said).
 * `waitForSpeech` waits until the far end has been audible for `plusMs`; `waitForQuiet` until it has spoken and then
 * been silent for so long.
 */
export type CallerStep =
  | { say: string; timeoutMs?: number }
  | { waitForSpeech: true; plusMs?: number; timeoutMs?: number }
  | { waitForQuiet: number; timeoutMs?: number }
  | { pauseMs: number; timeoutMs?: number }
  | { dtmf: string; timeoutMs?: number }
  /** What a machine sounds like: the beep after its greeting, or a fax. */
  | { tone: 'beep' | 'fax'; timeoutMs?: number }
  | { hangUp: true }
  | { waitForHangUp: true; timeoutMs?: number };

/** A function that the model calls; of several, the first that the session declared. */
export interface ToolCallScript {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What makes the model act. */
export type RuleTrigger =
  /**
   * The first message that asks it to speak, in a session without history or after its instructions were replaced;
   * `instruction` is, here and below, a regular expression that the instructions in force must fit.
   */
  | { start: true; instruction?: string }
  /** The first message that asks it to speak after the instructions of the open session were replaced. */
  | { replaced: true; instruction?: string }
  /** The same in a session that was given the history of an earlier one. */
  | { seeded: true; instruction?: string }
  /** The same in a session that was resumed by handle. */
  | { resumed: true }
  /**
   * An utterance that was recognised as this phrase or one of these; `knows` is a regular expression that what was said
   * before must fit, as far as the session has heard, spoken or been told it.
   */
  | { heard: string | readonly string[]; instruction?: string; knows?: string }
  /** Text of the client (`realtimeInput.text` or a turn) that this regular expression finds, whatever its case. */
  | { text: string }
  /** The answer of a function, and in it a value; `path` is dotted. */
  | { toolResult: string; when?: { path: string; equals: unknown } }
  /** An utterance that is no phrase of the book, or one that no rule knows. */
  | { notUnderstood: true };

export interface ModelRule {
  readonly on: RuleTrigger;
  /** Phrases that the model speaks, one after the other. */
  readonly reply?: readonly string[];
  /** Called after the reply has been generated. */
  readonly toolCall?: ToolCallScript | readonly ToolCallScript[];
  /** How long the model thinks; 300 ms unless said. */
  readonly delayMs?: number;
  /** How often the rule may win; unlimited unless said. */
  readonly times?: number;
}

/** The model's mind: of the rules that fit what happened, the first wins. */
export interface ModelScript {
  readonly rules: readonly ModelRule[];
  /** The text of REST answers (`:generateContent`) where no JSON schema asks for more. */
  readonly restText?: string;
}

/**
 * Something that happens in a call although neither the person's script nor the model does it. So long after the person has
 * begun to speak for the `said`-th time (from 0), the gateway that holds the call dies or is asked to stop, or the model
 * says that it will go. Or the person speaks as soon as the call's stream has ended for the `streamEnded`-th time (from 0).
 */
export type Moment =
  | { readonly said: number; readonly afterMs: number; readonly what: 'gateway-killed' | 'gateway-drained' | 'go-away' }
  | { readonly streamEnded: number; readonly what: 'caller-speaks'; readonly says: string };

/** Somebody whom the flow puts the caller through to. */
export interface ReachedParty {
  /** A telephone number or a SIP address. */
  readonly at: string;
  /** `answer` unless said. */
  readonly outcome?: 'answer' | 'busy' | 'no-answer' | 'failed' | 'rejected';
  /** Time to ring; 300 ms unless said. */
  readonly answerAfterMs?: number;
  /** What he does then. */
  readonly steps?: readonly CallerStep[];
}

/** A recording that the product must keep of a call. */
export interface ExpectedRecording {
  readonly kind: 'call' | 'voicemail';
  /** `kept` unless said. */
  readonly status?: 'kept' | 'absent' | 'discarded';
  /** Phrases of the caller's that are heard in it, in order, and those of which no word is. */
  readonly holds?: readonly string[];
  readonly lacks?: readonly string[];
}

/** What a call is about, in the order of the list of scenarios. */
export const scenarioGroups = [
  'conversation',
  'turn-taking',
  'model life',
  'tools',
  'flow',
  'templates',
  'carrier',
  'survival',
  'outbound',
] as const;

/** A call as both simulators play it: what the person does, and what the model knows to answer. */
export interface Scenario {
  readonly name: string;
  readonly group: (typeof scenarioGroups)[number];
  /** What the caller hears, in one line. */
  readonly about: string;
  readonly language: SpokenLanguage;
  readonly caller: readonly CallerStep[];
  /** The number that the caller rings from; that of a customer of the CRM unless said. */
  readonly callerNumber?: string;
  readonly model: ModelScript;
  /** Present where the product calls: how the other side, whose steps are those of `caller`, takes the call. */
  readonly callee?: {
    /** `answer` unless said. */
    readonly outcome?: 'answer' | 'machine' | 'fax' | 'busy' | 'no-answer' | 'failed' | 'rejected';
    /** Time to ring; 800 ms unless said. */
    readonly answerAfterMs?: number;
    /** The carrier's error code with which it refuses to dial the number at all. */
    readonly refusedWith?: number;
    /** So long after it was dialled the tenant ends the call by request. */
    readonly withdrawAfterMs?: number;
    /** What the carrier takes the other side for, where it is mistaken, in its own words. */
    readonly detectedAs?: string;
    /** How long the carrier listens before it says what it takes a person for. */
    readonly detectedAfterMs?: number;
  };
  readonly reached?: readonly ReachedParty[];
  /** For whoever plays the call on a stack of its own. */
  readonly moments?: readonly Moment[];
  /** Where it takes so long that it is made by itself only. */
  readonly minutes?: number;
  /** About how long it takes, where its steps do not say. */
  readonly likelyMs?: number;
  /** What the caller's telephone sends beside his voice; the model then hears as over a noisy line. */
  readonly line?: { readonly noise?: NoiseKind; readonly snrDb?: number; readonly echoDb?: number };
  /** Names of `simulator/traps.ts` that are armed from the start. */
  readonly traps?: readonly string[];
  /** What a listener should find afterwards; for those who check the call. */
  readonly expect?: {
    /** Names of the functions that are called, each as often as it stands here. */
    readonly toolCalls?: readonly string[];
    /** Phrases that are heard only in part. */
    readonly heardInPart?: readonly string[];
    /** Phrases that are heard to their end, in one piece or with a pause. */
    readonly heardInFull?: readonly string[];
    /** Who hangs up. */
    readonly endedBy?: 'assistant' | 'caller' | 'flow';
    /** What was typed and said while nobody was to listen: it may stand nowhere. */
    readonly secret?: { readonly digits: string; readonly phraseId: string };
    /** Phrases of which no word is heard. */
    readonly notHeard?: readonly string[];
    /** How long the assistant may be heard after the caller has begun to speak over it; not looked at unless said. */
    readonly maxBargeInMs?: number;
    /** Phrases that the model must have understood, each in the turn in which it was said. */
    readonly understood?: readonly string[];
    /** How long the caller may hear nothing while it is the assistant's turn; 4 s unless said. */
    readonly maxSilenceMs?: number;
    /** The flow's steps by its ledger, each as `node outcome`, but for those that only wait; not looked at unless said. */
    readonly path?: readonly string[];
    /** What the flow says, in order. */
    readonly says?: readonly string[];
    /** What the flow marked the call with. */
    readonly tags?: readonly string[];
    /** How many notices its webhooks took. */
    readonly notices?: number;
    /** All recordings of the call. */
    readonly recordings?: readonly ExpectedRecording[];
    /** How the call ended, as the product keeps it; not looked at unless said. */
    readonly outcome?: string;
    /** Why nobody was reached, as the product keeps it. */
    readonly failure?: string;
    /** How the network says that it ended; `completed` unless said, `never-dialled` where it must not know the call. */
    readonly carrierStatus?: string;
    /** Alerts of the network that the scenario itself provokes. */
    readonly alerts?: readonly number[];
    /** Texts that stand in what the model refuses of the product, and the scenario provokes. */
    readonly modelFaults?: readonly string[];
    /** Phrases that are heard to their end. */
    readonly heard?: readonly string[];
    /** How many words may lie between what is kept as heard and what was; 1 unless said. */
    readonly heardTolerance?: number;
    /** Whether all that was said and heard must be in a stored turn, but for what a death cut off. */
    readonly completeTranscript?: boolean;
    /** The most events of all its histories together. */
    readonly historyEvents?: number;
    /** How many sentences may be heard of which no words are known: the model died before it gave them. */
    readonly textsMissing?: number;
  };
}

/** The telephone network's alert for a stream whose socket ended without a close. */
export const streamSocketLost = 31_921;
