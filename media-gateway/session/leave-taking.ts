/**
 * How the assistant's part ends: it is to leave with an outcome, says its last words, and goes, unless it stays after all.
 *
 * Phases: staying -> leaving (after its last words, or when their time is up) -> gone.
 * It goes once; the first reason to leave counts, but an escalation counts before all. A caller who speaks into a goodbye keeps
 * the assistant; one who speaks into any other last words is heard out, and the way that was chosen for him is taken.
 */
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import type { AssistantVoice } from './assistant-voice.ts';
import { chosenOutcome, givenFacts } from './model-tools.ts';
import type { ToolRequest } from './tool-desk.ts';

export interface LeaveTakingDeps {
  assistant: AssistantVersion;
  voice: Pick<AssistantVoice, 'isAnswering' | 'isIdle' | 'lastAudioMs'>;
  callerWaits: (atMs: number) => boolean;
  answerTool: (call: ToolRequest, response: { status: string; hint: string }) => void;
  /** Called once. */
  go: (outcome: string, data?: JsonObject) => void;
}

interface Leaving {
  readonly outcome: string;
  /** What the assistant has learnt. */
  readonly data?: JsonObject | undefined;
  readonly untilMs: number;
  /** Whether the assistant still has to say something before it goes. */
  awaitsWords: boolean;
  /** Whether the caller is first heard to the end of what he is saying. */
  readonly hearsOut?: boolean;
  /** Whether it goes whatever the caller says meanwhile. */
  readonly isFirm?: boolean;
  /** The call of a function that asked for it, if the model still waits for its result. */
  readonly call?: ToolRequest;
}

const LAST_WORDS_MS = 8000;
const COMMAND_WORDS_MS = 3000;
const HEAR_OUT_MS = 10_000;
const QUIET_MS = 500;
const RECENT_MS = 3000;
const SETTLE_TEXT_MS = 400;
const SETTLE_TEXT_AT_MOST_MS = 1500;

export function createLeaveTaking({ assistant, voice, callerWaits, answerTool, go }: LeaveTakingDeps) {
  let leaving: Leaving | undefined;
  let gone = false;

  const begin = (next: Leaving): void => {
    if (!gone && !leaving) leaving = next;
  };
  const wordsAreOver = (atMs: number, callerTextMs: number): boolean => {
    if (leaving?.awaitsWords) return false;
    return voice.isIdle() && atMs - voice.lastAudioMs() >= QUIET_MS && atMs - callerTextMs >= SETTLE_TEXT_MS;
  };

  return {
    /** The model wants to hang up. */
    endCall(call: ToolRequest, atMs: number): void {
      const hasSpoken = voice.isAnswering() || atMs - voice.lastAudioMs() < RECENT_MS || !callerWaits(atMs);
      begin({
        outcome: 'ended',
        untilMs: atMs + LAST_WORDS_MS,
        awaitsWords: !hasSpoken,
        ...(hasSpoken ? { call } : {}),
      });
      if (!hasSpoken)
        answerTool(call, { status: 'ok', hint: 'Say goodbye now in one short sentence. The call ends after it.' });
    },
    /** The model chooses an outcome. */
    leaveNode(call: ToolRequest, atMs: number): void {
      const outcome = chosenOutcome(assistant, call.args);
      if (outcome === undefined)
        return answerTool(call, {
          status: 'failed',
          hint: 'There is no such outcome. Choose one of those declared.',
        });
      const isFirm = outcome !== 'ended';
      const data = givenFacts(assistant, call.args);
      return begin({ outcome, data, untilMs: atMs + LAST_WORDS_MS, awaitsWords: false, isFirm, call });
    },
    /** Goes when the caller's sentence has been delivered. False where that is so already. */
    escalate(atMs: number): boolean {
      if (gone || leaving?.outcome === 'escalation') return false;
      leaving = { outcome: 'escalation', untilMs: atMs + SETTLE_TEXT_AT_MOST_MS, awaitsWords: false };
      return true;
    },
    /** The call's time is over. */
    timeIsUp: (atMs: number): void =>
      begin({ outcome: 'timeLimit', untilMs: atMs + LAST_WORDS_MS, awaitsWords: false }),
    /** The caller says nothing any more; a goodbye is asked for. */
    callerIsSilent: (atMs: number): void =>
      begin({ outcome: 'silence', untilMs: atMs + LAST_WORDS_MS, awaitsWords: true }),
    /** After the sentence that is being said, by whichever side. */
    byCommand: (outcome: string, atMs: number): void =>
      begin({ outcome, untilMs: atMs + COMMAND_WORDS_MS, awaitsWords: false, hearsOut: true }),
    /** The caller does say something. */
    callerIsThere(): void {
      if (leaving?.outcome === 'silence') leaving = undefined;
    },
    /** The caller has spoken into the model's last words. True where it goes all the same, and has nothing more to say. */
    interrupted(atMs: number): boolean {
      if (!leaving?.call) return false;
      if (leaving.isFirm) {
        const untilMs = Math.min(leaving.untilMs, atMs + COMMAND_WORDS_MS);
        leaving = { ...leaving, untilMs, hearsOut: true };
        return true;
      }
      answerTool(leaving.call, { status: 'cancelled', hint: 'The caller has spoken again. Listen and go on.' });
      leaving = undefined;
      return false;
    },
    cancelled(ids: readonly string[]): void {
      if (leaving?.call && !leaving.isFirm && ids.includes(leaving.call.id)) leaving = undefined;
    },
    modelSpoke(): void {
      if (leaving) leaving.awaitsWords = false;
    },
    /** `callerTextMs`: when the caller's last words came. */
    tick(atMs: number, callerTextMs: number, callerSpeaks: boolean): void {
      if (gone || !leaving) return;
      const { outcome, data, untilMs, hearsOut } = leaving;
      if (hearsOut && callerSpeaks && atMs < untilMs + HEAR_OUT_MS) return;
      if (!wordsAreOver(atMs, callerTextMs) && atMs < untilMs) return;
      gone = true;
      leaving = undefined;
      go(outcome, data);
    },
    /** It goes without a word of ours. */
    close(): void {
      gone = true;
    },
    /** Whether it is to leave, and has not gone. */
    isUnderWay: (): boolean => leaving !== undefined,
    isGone: (): boolean => gone,
  };
}
