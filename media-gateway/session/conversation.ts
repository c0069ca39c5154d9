/**
 * An assistant's talk with a caller: who speaks when, and what the assistant does about what it hears. It has no clock,
 * no socket and no timer: everything is told to it with the time, and it acts through its port.
 *
 * Invariants:
 * C1 The assistant leaves once, and only after its last words were heard or their time was up.
 * C2 An assistant that may not be interrupted is not, whoever asks: nothing is cleared while it speaks.
 * C3 Where it may be, we say when it is: a model that stops although the caller did not take the floor changes nothing
 *    of what had arrived.
 * C4 While the caller has the floor, or may have it, nothing is sent.
 * C5 While the caller types what is sensitive, everybody hears silence in his place.
 */
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { AudioFormat, ModelEvent } from '../../contracts/realtime-model.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { MULAW_SILENCE } from '../audio/mulaw.ts';
import { createCallerEar } from '../turn-taking/caller-ear.ts';
import type { FloorMove } from '../turn-taking/caller-floor.ts';
import type { AskNet } from '../turn-taking/line-judge.ts';
import { createSilenceClock } from '../turn-taking/silence-clock.ts';
import { createTimeLimit } from '../turn-taking/time-limit.ts';
import type { AssistantVoice } from './assistant-voice.ts';
import { createEscalationFinder } from './escalation.ts';
import { digitsLine, sayLine, SILENCE_GOODBYE_LINE, STILL_THERE_LINE, timeLimitLine } from './instructions.ts';
import { createLeaveTaking } from './leave-taking.ts';
import { COLLECT_SENSITIVE, END_CALL, LEAVE_NODE } from './model-tools.ts';
import type { RecordedPhrase } from './recorded-phrases.ts';
import type { ToolRequest } from './tool-desk.ts';
import type { TurnKeeper } from './turn-keeper.ts';
import { createSensitiveEntry, type SensitiveNews } from './sensitive-entry.ts';
import { createTypedDigits } from './typed-digits.ts';

/** Where a conversation acts. All of it returns at once. */
export interface ConversationPort {
  tellModel(text: string): void;
  /** Audio of the caller for the model. */
  hearCaller(mulaw: Uint8Array): void;
  /** The caller's turn is over: the model may answer. Only where we find the turns. */
  endCallerTurn(): void;
  runTool(call: ToolRequest): void;
  answerTool(call: ToolRequest, response: { status: string; hint: string }): void;
  cancelTools(ids: readonly string[]): void;
  /** Tells the call; false where it could not be told. Never rejects. */
  tellSensitive(news: SensitiveNews): Promise<boolean>;
  /** What goes on is nobody's to record, or is again. */
  /** The assistant's part is over. Called once. */
  leave(outcome: string, data?: JsonObject): void;
}

export interface ConversationOptions {
  assistant: AssistantVersion;
  /** The line's, of which every assistant's talk is a part. */
  voice: AssistantVoice;
  keeper: TurnKeeper;
  /** What the call's clock shows when the monotonic clock shows zero. */
  callZeroMs: number;
  /** The caller is in the middle of the conversation: no greeting comes that must not be cut. */
  isGreeted?: boolean;
  /** Absent: voices are told from noise without it. */
  askNet?: AskNet | undefined;
  port: ConversationPort;
}

export type Conversation = ReturnType<typeof createConversation>;

const ENDS_SOON_MS = 600;
const DIGITS_PAUSE_MS = 1200;
/** Keys may come before the model has called the function that keeps them from it. */
const DIGITS_PAUSE_WHERE_SENSITIVE_MS = 2500;

export function createConversation(options: ConversationOptions) {
  const { assistant, voice, keeper, callZeroMs, isGreeted, askNet, port } = options;
  const findEscalation = createEscalationFinder(assistant.escalationKeywords);
  const silence = createSilenceClock(assistant.silence);
  const timeLimit = createTimeLimit(assistant.maxDurationMs);
  const { sensitiveInputs = [] } = assistant;
  const digits = createTypedDigits(sensitiveInputs.length > 0 ? DIGITS_PAUSE_WHERE_SENSITIVE_MS : DIGITS_PAUSE_MS);
  let greeting = !isGreeted;
  let lastCallerTextMs = -Infinity;
  let quietSinceMs = -Infinity;
  let answerHeardMs = -Infinity; // by a caller who speaks into an answer that goes on
  let turnsAreOurs = assistant.voice.bargeIn;
  const view = { assistantSpeaks: false, mayInterrupt: false, endsSoon: false }; // of the present frame

  const callMs = (atMs: number): number => atMs + callZeroMs;
  const callerWaits = (atMs: number): boolean => keeper.callerWaits(callMs(atMs));
  const mayInterrupt = (): boolean => assistant.voice.bargeIn && (!greeting || assistant.voice.bargeInGreeting);
  const leave = createLeaveTaking({
    assistant,
    voice,
    callerWaits,
    answerTool: (call, response) => port.answerTool(call, response),
    go: (outcome, data) => port.leave(outcome, data),
  });
  const sensitive = createSensitiveEntry({
    inputs: sensitiveInputs,
    tell: (news) => port.tellSensitive(news),
    answerTool: (call, response) => port.answerTool(call, response),
    tellModel: (text) => port.tellModel(text),
    onTyped: (beganMs, endedMs) => keeper.callerTyped(callMs(beganMs), callMs(endedMs)),
  });
  const cut = (atMs: number): void => {
    voice.cut(atMs);
    greeting = false;
  };
  /** Silent from here on. */
  const escalate = (atMs: number): void => {
    if (!leave.escalate(atMs)) return;
    cut(atMs);
    voice.mute();
  };
  const interrupt = (atMs: number): void => {
    cut(atMs);
    if (voice.isModelTurnOpen()) voice.dropRest(atMs);
    if (leave.interrupted(atMs)) voice.mute();
  };
  const ear = createCallerEar({
    latencyProfile: assistant.model.latencyProfile,
    voiceDetection: assistant.voice.voiceDetection,
    askNet,
    toModel: (mulaw) => port.hearCaller(mulaw),
    onMove: (move, atMs) => callerMoves(move, atMs),
  });
  const callerMoves = (move: FloorMove, atMs: number): void => {
    if (move.type === 'pause') return voice.fallSilent(atMs, move.beganMs);
    if (move.type === 'resume') return voice.goOn(atMs);
    if (move.type === 'take') {
      silence.callerWasHeard();
      leave.callerIsThere();
      keeper.callerStarted(callMs(move.beganMs));
      if (turnsAreOurs && mayInterrupt() && !voice.isIdle()) interrupt(atMs);
      if (turnsAreOurs) voice.fallSilent(atMs);
      return undefined;
    }
    keeper.callerEnded(callMs(move.lastVoicedMs));
    if (!turnsAreOurs) return undefined;
    port.endCallerTurn();
    return voice.goOn(atMs);
  };
  const watchTime = (atMs: number): void => {
    const due = timeLimit.tick(atMs, !voice.isAnswering() && voice.isIdle() && !ear.isBusy());
    if (due === 'warn') port.tellModel(timeLimitLine(timeLimit.leftMs(atMs)));
    if (due === 'end') leave.timeIsUp(atMs);
  };
  const watchSilence = (atMs: number): void => {
    const isOurs = sensitive.isOpen() || voice.isAnswering() || voice.lastAudioMs() === -Infinity || callerWaits(atMs);
    const due = silence.tick(isOurs ? 0 : atMs - quietSinceMs);
    if (due === 'remind') port.tellModel(STILL_THERE_LINE);
    if (due !== 'hangUp') return;
    leave.callerIsSilent(atMs);
    port.tellModel(SILENCE_GOODBYE_LINE);
  };
  const callTool = (call: ToolRequest, atMs: number): void => {
    if (call.name === COLLECT_SENSITIVE && sensitive.call(call, digits.takeAll(), atMs)) return;
    if (call.name === END_CALL) leave.endCall(call, atMs);
    else if (call.name === LEAVE_NODE) leave.leaveNode(call, atMs);
    else port.runTool(call);
  };
  const modelEvent = (event: ModelEvent, atMs: number): void => {
    switch (event.type) {
      case 'audio':
        if (voice.modelAudio(event.audio, atMs)) leave.modelSpoke();
        return;
      case 'generationComplete':
        return voice.answerComplete(atMs);
      case 'turnComplete':
        return voice.turnComplete(atMs);
      case 'interrupted':
        // Where the turns are ours, so is the interruption, before this or not at all: what had arrived is played.
        if (turnsAreOurs || !mayInterrupt()) return voice.answerOver(atMs);
        interrupt(atMs);
        return voice.dropRest(atMs);
      case 'assistantTranscript':
        return keeper.assistantText(event.text, callMs(atMs));
      case 'callerTranscript':
        lastCallerTextMs = atMs;
        if (findEscalation(keeper.callerText(event.text, callMs(atMs), event.spokenMsAgo)) !== undefined)
          escalate(atMs);
        return;
      case 'toolCall':
        // What comes after the result is another answer.
        voice.answerComplete(atMs);
        for (const call of event.calls) callTool(call, atMs);
        return;
      case 'toolCallCancelled':
        leave.cancelled(event.ids);
        sensitive.cancel(event.ids);
        return port.cancelTools(event.ids);
      default:
        return;
    }
  };

  return {
    /** A session is there: the format of its audio, and whose detection of the caller's turns it goes by. */
    modelOpened(format: AudioFormat, activity: 'client' | 'model'): void {
      voice.use(format);
      turnsAreOurs = activity === 'client';
      ear.goBy(turnsAreOurs ? 'ours' : 'models');
    },
    modelEvent,
    /** One frame of the caller, whose last sample was spoken at `endMs` and came at `atMs`. */
    callerAudio(mulaw: Uint8Array, endMs: number, atMs: number): void {
      view.mayInterrupt = mayInterrupt();
      view.assistantSpeaks = !voice.isIdle() || (greeting && !view.mayInterrupt);
      view.endsSoon = !voice.isAnswering() && voice.leftMs(atMs) < ENDS_SOON_MS;
      ear.hear(sensitive.isDeaf(atMs) ? silenceFor(mulaw) : mulaw, endMs, atMs, view);
      if (ear.isBusy()) quietSinceMs = Math.max(quietSinceMs, ear.lastVoicedMs());
    },
    callerDigit(digit: string, atMs: number): void {
      if (!sensitive.press(digit, atMs)) digits.press(digit, atMs);
      silence.callerWasHeard();
    },
    say: (text: string): void => port.tellModel(sayLine(text)),
    /** Words of ours, in the assistant's place: they are part of what it said. */
    speak(phrase: RecordedPhrase, atMs: number): void {
      if (!leave.isGone()) voice.speak(phrase, atMs);
    },
    /** A sound of ours that is no word. */
    signal(mulaw: Uint8Array, atMs: number): void {
      if (!leave.isGone()) voice.play(mulaw, atMs);
    },
    /** Every 20 ms while something is said, else every tenth of a second: the audio. */
    tick(atMs: number): void {
      if (leave.isGone()) return;
      voice.tick(atMs);
      if (quietSinceMs === -Infinity || !voice.isIdle()) quietSinceMs = atMs;
      if (greeting && !voice.isAnswering() && voice.lastAudioMs() > -Infinity && voice.isIdle()) greeting = false;
    },
    /** Every tenth of a second: all that is judged by seconds. */
    round(atMs: number): void {
      if (leave.isGone()) return;
      sensitive.tick(atMs, voice.isAnswering() || !voice.isIdle());
      const typed = digits.take(atMs);
      if (typed !== undefined) port.tellModel(digitsLine(typed));
      watchTime(atMs);
      if (!leave.isUnderWay()) watchSilence(atMs);
      leave.tick(atMs, lastCallerTextMs, ear.isTalking());
    },
    /** Leaves by command, after the sentence that is being said. */
    leave: (outcome: string, atMs: number): void => leave.byCommand(outcome, atMs),
    /** The model is gone; what it had said goes on playing. Returns whether it owes the caller something. */
    modelLost(atMs: number): boolean {
      const owes = voice.isAnswering() || callerWaits(atMs) || voice.lastAudioMs() === -Infinity;
      voice.modelLost(atMs);
      return owes;
    },
    /** Falls silent at once. */
    hush: (atMs: number): void => voice.fallSilent(atMs),
    /** Ends the account of the talk: what plays now is taken as heard up to here. */
    close(atMs: number): void {
      leave.close();
      sensitive.close();
      voice.close(atMs);
      if (ear.isTalking()) keeper.callerEnded(callMs(ear.lastVoicedMs()));
    },
    /** Whether nobody is in the middle of something: a time to change the model or the gateway unnoticed. */
    isBetweenTurns: (atMs: number): boolean =>
      !voice.isAnswering() &&
      voice.isIdle() &&
      !ear.isBusy() &&
      !callerWaits(atMs) &&
      !leave.isUnderWay() &&
      !sensitive.isOpen(),
    isLeaving: (): boolean => leave.isGone() || leave.isUnderWay(),
    /** The session is gone whose model waits for a function's result. */
    sessionGone: (): void => sensitive.sessionGone(),
    /** Whether the caller types what the model must not know: nobody waits for it. */
    isTyping: (): boolean => sensitive.isOpen(),
    isCallerSpeaking: (): boolean => ear.isTalking(),
    /** When the caller ended what has not been answered yet, or the answer that he spoke into was over. */
    callerWaitsSince(atMs: number): number | undefined {
      if (!turnsAreOurs && voice.isAnswerPlaying(atMs)) answerHeardMs = atMs;
      const sinceMs = keeper.callerWaitsSince(callMs(atMs));
      return sinceMs === undefined ? undefined : Math.max(sinceMs - callZeroMs, answerHeardMs);
    },
    /** Since when neither side has made a sound, as of the last tick. */
    quietSince: (): number => quietSinceMs,
  };
}

const noSound = new Uint8Array(8000).fill(MULAW_SILENCE);

function silenceFor({ length }: Uint8Array): Uint8Array {
  return length <= noSound.length ? noSound.subarray(0, length) : new Uint8Array(length).fill(MULAW_SILENCE);
}
