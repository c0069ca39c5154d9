/**
 * The talk of one call: what goes to the caller, what was heard, who said what, and when the assistant leaves. It has no
 * clock, no socket and no timer: everything is told to it with the time, and it acts through its port.
 *
 * Invariants:
 * C1 After a cut nothing of the old answer is sent: playback starts a new generation, and what the model still sends
 *    of it is dropped until the model says that its turn is over, at most `STALE_MS`.
 * C2 The assistant leaves once, and only after its last words were heard or their time was up.
 * C3 An assistant that may not be interrupted is not, whoever asks: nothing is cleared while it speaks.
 * C4 Where it may be, we say when it is: a model that stops although the caller did not take the floor changes nothing
 *    of what had arrived.
 * C5 While the caller has the floor, or may have it, nothing is sent.
 */
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { AudioFormat, ModelEvent } from '../../contracts/realtime-model.ts';
import type { Turn } from '../../contracts/turns.ts';
import { createPlayout } from '../audio/playout.ts';
import { createCallerEar } from '../turn-taking/caller-ear.ts';
import type { FloorMove } from '../turn-taking/caller-floor.ts';
import { createSilenceClock } from '../turn-taking/silence-clock.ts';
import { createTimeLimit } from '../turn-taking/time-limit.ts';
import { createEscalationFinder } from './escalation.ts';
import { digitsLine, sayLine, SILENCE_GOODBYE_LINE, STILL_THERE_LINE, timeLimitLine } from './instructions.ts';
import { chosenOutcome, END_CALL, LEAVE_NODE } from './model-tools.ts';
import { createModelAudio } from './model-audio.ts';
import type { RecordedPhrase } from './recorded-phrases.ts';
import type { ToolRequest } from './tool-desk.ts';
import { createTurnKeeper } from './turn-keeper.ts';

/** Where a conversation acts. All of it returns at once. */
export interface ConversationPort {
  play(mulaw: Uint8Array, mark: string): void;
  clear(): void;
  tellModel(text: string): void;
  /** Audio of the caller for the model. */
  hearCaller(mulaw: Uint8Array): void;
  /** The caller's turn is over: the model may answer. Only where we find the turns. */
  endCallerTurn(): void;
  runTool(call: ToolRequest): void;
  answerTool(call: ToolRequest, response: { status: string; hint: string }): void;
  cancelTools(ids: readonly string[]): void;
  /** The model's answer was cut when so much of it had been heard. */
  answerCut(heardMs: number): void;
  /** The assistant's part is over. Called once. */
  leave(outcome: string): void;
}

export interface ConversationOptions {
  assistant: AssistantVersion;
  epoch: number;
  /** What the call's clock shows when the monotonic clock shows zero. */
  callZeroMs: number;
  /** The caller is in the middle of the conversation: no greeting comes that must not be cut. */
  isGreeted?: boolean;
  port: ConversationPort;
}

export type Conversation = ReturnType<typeof createConversation>;

const STALE_MS = 1000;
const DIGITS_PAUSE_MS = 1200;
const LAST_WORDS_MS = 8000;
const COMMAND_WORDS_MS = 3000;
const QUIET_MS = 500;
const RECENT_MS = 3000;
const SAMPLES_PER_MS = 8;
const ENDS_SOON_MS = 600;

const SETTLE_TEXT_MS = 400;
const SETTLE_TEXT_AT_MOST_MS = 1500;

interface Leaving {
  readonly outcome: string;
  readonly untilMs: number;
  /** Whether the assistant still has to say something before it goes. */
  awaitsWords: boolean;
  /** The call of a function that asked for it, if the model still waits for its result. */
  readonly call?: ToolRequest;
}

export function createConversation({ assistant, epoch, callZeroMs, isGreeted, port }: ConversationOptions) {
  const playout = createPlayout();
  const keeper = createTurnKeeper({ epoch, language: assistant.language });
  const modelAudio = createModelAudio();
  const findEscalation = createEscalationFinder(assistant.escalationKeywords);
  const silence = createSilenceClock(assistant.silence);
  const timeLimit = createTimeLimit(assistant.maxDurationMs);
  let greeting = !isGreeted;
  let staleUntilMs: number | undefined;
  let lastAudioMs = -Infinity;
  let answerStart = 0; // the position of the present answer's first sample
  let lastCallerTextMs = -Infinity;
  let quietSinceMs = -Infinity;
  let answering = false;
  let modelTurnOpen = false;
  let silentSinceMs: number | undefined; // since when what was not heard waits
  let digits = '';
  let digitsAtMs = 0;
  let leaving: Leaving | undefined;
  let left = false;

  const callMs = (atMs: number): number => atMs + callZeroMs;
  let turnsAreOurs = assistant.voice.bargeIn;
  const mayInterrupt = (): boolean => assistant.voice.bargeIn && (!greeting || assistant.voice.bargeInGreeting);

  const pump = (atMs: number): void => {
    for (let piece = playout.due(atMs); piece; piece = playout.due(atMs)) {
      port.play(piece.payload, piece.mark);
      keeper.assistantSent(playout.sent(), callMs(atMs));
    }
  };
  const enqueue = (mulaw: Uint8Array, atMs: number): void => {
    if (mulaw.length === 0) return;
    const position = playout.end();
    const taken = playout.enqueue(mulaw);
    keeper.assistantAudio(mulaw.subarray(0, taken), position, callMs(atMs));
    lastAudioMs = atMs;
  };
  /** What was not heard is kept, until it is known whether it goes on. */
  const fallSilent = (atMs: number): void => {
    const isHeard = playout.isPlaying();
    playout.pause(atMs);
    if (!isHeard) return;
    port.clear();
    silentSinceMs = atMs;
  };
  const cut = (atMs: number): void => {
    fallSilent(atMs);
    const isUnheard = answering || !playout.isIdle();
    const position = playout.clear(atMs);
    if (isUnheard) port.answerCut(Math.max(0, position - answerStart) / SAMPLES_PER_MS);
    keeper.cut(position, callMs(silentSinceMs ?? atMs));
    modelAudio.reset();
    greeting = false;
    answering = false;
  };
  const answerOver = (atMs: number): void => {
    if (staleUntilMs === undefined) enqueue(modelAudio.flush(), atMs);
    answering = false;
    pump(atMs);
  };
  const go = (outcome: string): void => {
    if (left) return;
    left = true;
    leaving = undefined;
    port.leave(outcome);
  };
  const leaveAfterWords = (next: Leaving): void => {
    if (!left && !leaving) leaving = next;
  };
  const stay = (hint: string): void => {
    if (leaving?.call) port.answerTool(leaving.call, { status: 'cancelled', hint });
    leaving = undefined;
  };
  const endCall = (call: ToolRequest, atMs: number): void => {
    const hasSpoken = answering || atMs - lastAudioMs < RECENT_MS || !keeper.callerWaits(callMs(atMs));
    leaveAfterWords({
      outcome: 'ended',
      untilMs: atMs + LAST_WORDS_MS,
      awaitsWords: !hasSpoken,
      ...(hasSpoken ? { call } : {}),
    });
    if (!hasSpoken)
      port.answerTool(call, { status: 'ok', hint: 'Say goodbye now in one short sentence. The call ends after it.' });
  };
  const leaveNode = (call: ToolRequest, atMs: number): void => {
    const outcome = chosenOutcome(assistant, call.args);
    if (outcome === undefined)
      return port.answerTool(call, {
        status: 'failed',
        hint: 'There is no such outcome. Choose one of those declared.',
      });
    leaveAfterWords({ outcome, untilMs: atMs + LAST_WORDS_MS, awaitsWords: false, call });
  };
  const wordsAreOver = (atMs: number): boolean => {
    if (leaving?.awaitsWords) return false;
    return playout.isIdle() && atMs - lastAudioMs >= QUIET_MS && atMs - lastCallerTextMs >= SETTLE_TEXT_MS;
  };
  /** Silent from here on; goes when the caller's sentence has been delivered. */
  const escalate = (atMs: number): void => {
    if (left || leaving?.outcome === 'escalation') return;
    cut(atMs);
    staleUntilMs = Infinity;
    leaving = { outcome: 'escalation', untilMs: atMs + SETTLE_TEXT_AT_MOST_MS, awaitsWords: false };
  };
  const interrupt = (atMs: number): void => {
    cut(atMs);
    if (modelTurnOpen) staleUntilMs = Math.max(staleUntilMs ?? 0, atMs + STALE_MS);
    if (leaving?.call) stay('The caller has spoken again. Listen and go on.');
  };
  const ear = createCallerEar({
    latencyProfile: assistant.model.latencyProfile,
    toModel: (mulaw) => port.hearCaller(mulaw),
    onMove: (move, atMs) => callerMoves(move, atMs),
  });
  const callerMoves = (move: FloorMove, atMs: number): void => {
    if (move.type === 'pause') return fallSilent(atMs);
    if (move.type === 'resume') return goOn(atMs);
    if (move.type === 'take') {
      silence.callerWasHeard();
      if (leaving?.outcome === 'silence') leaving = undefined;
      keeper.callerStarted(callMs(move.beganMs));
      if (turnsAreOurs && mayInterrupt() && !playout.isIdle()) interrupt(atMs);
      if (turnsAreOurs) fallSilent(atMs);
      return undefined;
    }
    keeper.callerEnded(callMs(move.lastVoicedMs));
    if (!turnsAreOurs) return undefined;
    port.endCallerTurn();
    return goOn(atMs);
  };
  const watchTime = (atMs: number): void => {
    const due = timeLimit.tick(atMs, !answering && playout.isIdle() && !ear.isBusy());
    if (due === 'warn') port.tellModel(timeLimitLine(timeLimit.leftMs(atMs)));
    if (due === 'end') leaveAfterWords({ outcome: 'timeLimit', untilMs: atMs + LAST_WORDS_MS, awaitsWords: false });
  };
  const watchSilence = (atMs: number): void => {
    const isOurs = answering || lastAudioMs === -Infinity || keeper.callerWaits(callMs(atMs));
    const due = silence.tick(isOurs ? 0 : atMs - quietSinceMs);
    if (due === 'remind') port.tellModel(STILL_THERE_LINE);
    if (due !== 'hangUp') return;
    leaveAfterWords({ outcome: 'silence', untilMs: atMs + LAST_WORDS_MS, awaitsWords: true });
    port.tellModel(SILENCE_GOODBYE_LINE);
  };
  const goOn = (atMs: number): void => {
    playout.resume();
    silentSinceMs = undefined;
    pump(atMs);
  };
  const modelEvent = (event: ModelEvent, atMs: number): void => {
    switch (event.type) {
      case 'audio':
        if (staleUntilMs !== undefined && atMs < staleUntilMs) return;
        staleUntilMs = undefined;
        if (!answering) answerStart = playout.end();
        answering = true;
        modelTurnOpen = true;
        if (leaving) leaving.awaitsWords = false;
        enqueue(modelAudio.toMulaw(event.audio), atMs);
        pump(atMs);
        return;
      case 'generationComplete':
        answerOver(atMs);
        keeper.answerComplete(callMs(atMs));
        return;
      case 'turnComplete':
        answerOver(atMs);
        if (staleUntilMs !== Infinity) staleUntilMs = undefined;
        modelTurnOpen = false;
        keeper.modelTurnOver(callMs(atMs));
        return;
      case 'interrupted':
        // Where the turns are ours, so is the interruption, before this or not at all: what had arrived is played.
        if (turnsAreOurs || !mayInterrupt()) return answerOver(atMs);
        interrupt(atMs);
        staleUntilMs = Math.max(staleUntilMs ?? 0, atMs + STALE_MS);
        return;
      case 'assistantTranscript':
        keeper.assistantText(event.text, callMs(atMs));
        return;
      case 'callerTranscript':
        lastCallerTextMs = atMs;
        if (findEscalation(keeper.callerText(event.text, callMs(atMs))) !== undefined) escalate(atMs);
        return;
      case 'toolCall':
        // What comes after the result is another answer.
        answerOver(atMs);
        keeper.answerComplete(callMs(atMs));
        for (const call of event.calls) {
          if (call.name === END_CALL) endCall(call, atMs);
          else if (call.name === LEAVE_NODE) leaveNode(call, atMs);
          else port.runTool(call);
        }
        return;
      case 'toolCallCancelled':
        if (leaving?.call && event.ids.includes(leaving.call.id)) leaving = undefined;
        port.cancelTools(event.ids);
        return;
      default:
        return;
    }
  };

  return {
    /** A session is there: the format of its audio, and whose detection of the caller's turns it goes by. */
    modelOpened(format: AudioFormat, activity: 'client' | 'model'): void {
      modelAudio.use(format);
      turnsAreOurs = activity === 'client';
      ear.goBy(turnsAreOurs ? 'ours' : 'models');
    },
    modelEvent,
    /** One frame of the caller, whose last sample was spoken at `endMs` and came at `atMs`. */
    callerAudio(mulaw: Uint8Array, endMs: number, atMs: number): void {
      const leftMs = (playout.end() - playout.heard(atMs)) / 8;
      ear.hear(
        mulaw,
        { endMs, atMs },
        {
          assistantSpeaks: !playout.isIdle() || (greeting && !mayInterrupt()),
          mayInterrupt: mayInterrupt(),
          endsSoon: !answering && leftMs < ENDS_SOON_MS,
        },
      );
    },
    callerDigit(digit: string, atMs: number): void {
      digits += digit;
      digitsAtMs = atMs;
      silence.callerWasHeard();
    },
    markEchoed(name: string, atMs: number): void {
      playout.markEchoed(name, atMs);
    },
    /** Audio of ours, such as tones, behind what is queued. */
    play(mulaw: Uint8Array, atMs: number): void {
      playout.enqueue(mulaw);
      pump(atMs);
    },
    say(text: string): void {
      port.tellModel(sayLine(text));
    },
    /** Words of ours, in the assistant's place: they are part of what it said. */
    speak({ text, mulaw }: RecordedPhrase, atMs: number): void {
      if (left) return;
      keeper.modelTurnOver(callMs(atMs));
      const position = playout.end();
      keeper.assistantAudio(mulaw.subarray(0, playout.enqueue(mulaw)), position, callMs(atMs));
      keeper.assistantText(text, callMs(atMs));
      keeper.modelTurnOver(callMs(atMs));
      pump(atMs);
    },
    /** Every 20 ms. */
    tick(atMs: number): void {
      if (left) return;
      pump(atMs);
      if (quietSinceMs === -Infinity || !playout.isIdle() || ear.isBusy()) quietSinceMs = atMs;
      keeper.assistantHeard(playout.heard(atMs), callMs(atMs));
      if (greeting && !answering && lastAudioMs > -Infinity && playout.isIdle()) greeting = false;
      if (digits !== '' && atMs - digitsAtMs >= DIGITS_PAUSE_MS) {
        port.tellModel(digitsLine(digits));
        digits = '';
      }
      watchTime(atMs);
      if (!leaving) watchSilence(atMs);
      if (leaving && (wordsAreOver(atMs) || atMs >= leaving.untilMs)) go(leaving.outcome);
    },
    /** Leaves by command, after the sentence that is being said. */
    leave(outcome: string, atMs: number): void {
      leaveAfterWords({ outcome, untilMs: atMs + COMMAND_WORDS_MS, awaitsWords: false });
    },
    /** The model is gone; what it had said goes on playing. Returns whether it owes the caller something. */
    modelLost(atMs: number): boolean {
      const owes = answering || keeper.callerWaits(callMs(atMs)) || lastAudioMs === -Infinity;
      answerOver(atMs);
      keeper.modelTurnOver(callMs(atMs));
      staleUntilMs = undefined;
      modelTurnOpen = false;
      return owes;
    },
    /** Ends the account of the talk: what plays now is taken as heard up to here. */
    close(atMs: number): void {
      left = true;
      // What is said and heard is whole, though the model, waiting for a result, never said that it was.
      if (playout.isIdle()) keeper.modelTurnOver(callMs(atMs));
      keeper.assistantHeard(playout.heard(atMs), callMs(atMs));
      keeper.cut(playout.clear(atMs), callMs(atMs));
      if (ear.isTalking()) keeper.callerEnded(callMs(ear.lastVoicedMs()));
    },
    /** Whether nobody is in the middle of something: a time to change the model or the gateway unnoticed. */
    isBetweenTurns: (atMs: number): boolean =>
      !answering && playout.isIdle() && !ear.isBusy() && !keeper.callerWaits(callMs(atMs)) && !leaving,
    isLeaving: (): boolean => left || leaving !== undefined,
    isCallerSpeaking: (): boolean => ear.isTalking(),
    /** When the caller ended what has not been answered yet. */
    callerWaitsSince(atMs: number): number | undefined {
      const sinceMs = keeper.callerWaitsSince(callMs(atMs));
      return sinceMs === undefined ? undefined : sinceMs - callZeroMs;
    },
    /** Since when neither side has made a sound, as of the last tick. */
    quietSince: (): number => quietSinceMs,
    /** When the model's last audio that is played came. */
    lastModelAudioMs: (): number => lastAudioMs,
    takeTurns: (): Turn[] => keeper.takeChanged(),
    lastSeq: (): number => keeper.lastSeq(),
    history: () => keeper.history(),
  };
}
