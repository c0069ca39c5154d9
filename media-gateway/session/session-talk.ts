/**
 * The talk in one stream: the line's voice, the caller's audio, the turns, the model's sessions, and the assistant who has
 * the call. It lasts as long as the stream; how that begins and ends is not its business.
 *
 * Invariants:
 * K1 One assistant has the call at a time. The line's voice, the turns' numbers and the model's sessions are the stream's
 *    and go on; the conversation, its limits, tools and keywords are the assistant's and end with it: nothing of it acts
 *    any more.
 * K2 While the call is asked who follows, no model's word reaches the caller, and what he says is kept.
 */
import type { LeaveAnswer } from '../../contracts/messages.ts';
import type { ModelEvent, ModelUsage } from '../../contracts/realtime-model.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { type AssistantPart, createAssistantPart, type Role } from './assistant-part.ts';
import { type AssistantVoice, createAssistantVoice } from './assistant-voice.ts';
import { createCallerAudio } from './caller-audio.ts';
import { handoverLine, withVars } from './instructions.ts';
import { ModelLink } from './model-link.ts';
import { createModelSuccession, type ModelSuccession } from './model-succession.ts';
import { modelWish } from './model-wish.ts';
import type { OpenModel } from './open-model.ts';
import { isRecorded, recordedPhrase } from './recorded-phrases.ts';
import type { SessionCarrier, SessionDeps, SessionStart, VisitHandle } from './session-deps.ts';
import type { Said } from './session-memory.ts';
import { openingOf } from './session-opening.ts';
import { createTurnKeeper, type TurnKeeper } from './turn-keeper.ts';

export interface SessionTalkDeps {
  start: SessionStart;
  carrier: Pick<SessionCarrier, 'play' | 'clear'>;
  session: SessionDeps;
  phase: () => 'open' | 'leaving' | 'closed';
  onUsage: (modelId: string, usage: ModelUsage) => void;
  /** The assistant's part is over. */
  leave: (outcome: string, data?: JsonObject) => void;
  /** No model is to be had, and nothing can be said about it. */
  giveUp: (why: string) => void;
  /** Runs a handler so that what it throws ends this call alone. */
  guard: (run: () => void) => void;
}

/** A voice is known for one after 140 ms of it, on a clock that another gateway shares within a tenth of a second or so. */
const UNSURE_MS = 500;

export class SessionTalk {
  readonly keeper: TurnKeeper;
  readonly voice: AssistantVoice;
  readonly #deps: SessionTalkDeps;
  readonly #callZeroMs: number;
  readonly #link: ModelLink;
  readonly #callerAudio = createCallerAudio();
  readonly #succession: ModelSuccession;
  #part: AssistantPart;
  #earlier: Said[] = [];

  constructor(deps: SessionTalkDeps) {
    this.#deps = deps;
    const { start, carrier, session } = deps;
    this.#callZeroMs = start.clockMs - session.nowMs();
    this.keeper = createTurnKeeper({ epoch: start.epoch, language: start.assistant.language });
    this.voice = createAssistantVoice({
      keeper: this.keeper,
      callZeroMs: this.#callZeroMs,
      port: {
        play: (mulaw, mark) => carrier.play(mulaw, mark),
        clear: (soundMs) => carrier.clear(soundMs),
        answerCut: (heardMs) => this.#link.answerCut(heardMs),
      },
    });
    this.#succession = createModelSuccession({
      callerAudio: this.#callerAudio,
      keeper: this.keeper,
      voice: this.voice,
      part: () => this.#part,
      said: () => this.said(),
      hasApologised: start.resumed && !start.unnoticed,
      nowMs: session.nowMs,
    });
    this.#link = this.#modelLink();
    this.#part = this.#newPart(start, start.unnoticed);
  }

  /** Opens the first model session, or takes over the one that is open or opening for this very epoch. Never rejects. */
  async connect(warmed: Promise<OpenModel> | undefined): Promise<void> {
    const { start, session } = this.#deps;
    const { earlier, handle, first } = await openingOf(start, session);
    this.#earlier = earlier;
    if (first.type === 'waits') return this.#link.open(() => undefined, handle);
    const { line } = first;
    // From here on the caller waits, however long a session takes to open.
    this.#part.deadAir.asked(session.nowMs(), line);
    if (first.type === 'goesOn') return this.#link.open(() => line, handle, warmed);
    this.#part.opening = { line, saidBefore: this.said() };
    return this.#link.open(() => (warmed ? withVars(line, start.vars) : line), handle, warmed);
  }

  /** The assistant who has the call. */
  get part(): AssistantPart {
    return this.#part;
  }

  /** How much was said so far in the call, but for what was played for want of a model. */
  said(): number {
    return this.#seed().filter(({ speaker, text }) => speaker === 'caller' || !isRecorded(text)).length;
  }

  /** Every 20 ms while it is in motion, else every tenth of a second; `isOpen`: an assistant has the call. */
  tick(atMs: number, isOpen: boolean): void {
    this.#part.conversation.tick(atMs);
    if (isOpen) this.#link.tick(atMs);
  }

  /** Whether something goes on that no event will announce: words on their way to the caller, a change of the model's session. */
  isInMotion(): boolean {
    return !this.voice.isIdle() || this.#link.isChanging();
  }

  /** Every tenth of a second, while an assistant has the call: what is in no hurry. */
  round(atMs: number): void {
    const { tools, deadAir, hard } = this.#part;
    tools.tick(atMs);
    deadAir.tick(atMs);
    hard.tick(atMs, () => this.#isQuiet(atMs));
  }

  /** Whether nobody is in the middle of something that the next gateway would have to begin again. */
  isAtPause(atMs: number): boolean {
    const { tools, deadAir, hard } = this.#part;
    const isOwing = tools.isBusy() || hard.isOpening() || deadAir.owesSince() !== undefined;
    return !isOwing && this.#part.conversation.isBetweenTurns(atMs);
  }

  /** Up to where the caller is certainly heard by now, on the call's clock: what he says after it may not be known yet. */
  heardUntil(atMs: number): number {
    return Math.max(this.#part.conversation.quietSince(), atMs - UNSURE_MS) + this.#callZeroMs;
  }

  /** By which the next gateway resumes the conversation: it asks the assistant's first model. */
  handleForNext(): VisitHandle | undefined {
    const { assistant, visit } = this.#part;
    const latest = this.#link.handle;
    if (latest?.modelId !== assistant.model.modelId) return undefined;
    return { handle: latest.handle, ...(visit !== undefined && { visit }) };
  }

  /** The assistant has left, and the call is asked who follows. */
  hush(): void {
    const { conversation } = this.#part;
    const atMs = this.#deps.session.nowMs();
    conversation.hush(atMs);
    conversation.close(atMs);
    this.#callerAudio.hold();
  }

  takeUp({ assistant, vars, visit, nodeId }: Extract<LeaveAnswer, { next: 'assistant' }>): void {
    const { log, nowMs } = this.#deps.session;
    log.info({ nodeId, visit, assistantId: assistant.assistantId }, 'another assistant goes on');
    // What the caller has said meanwhile is a turn of its own.
    this.#part.conversation.close(nowMs());
    this.#callerAudio.endTurn();
    this.keeper.speakIn(assistant.language);
    this.voice.passOn(nowMs());
    this.#part = this.#newPart({ assistant, vars, visit });
    const line = handoverLine(assistant);
    this.#part.deadAir.asked(nowMs(), line);
    this.#part.opening = { line, saidBefore: this.said() };
    void this.#link.passOn(() => line);
  }

  /** What plays now is taken as heard up to here. May throw; the model's session is left all the same. */
  close(): void {
    this.#callerAudio.disconnect();
    try {
      this.#part.conversation.close(this.#deps.session.nowMs());
    } finally {
      this.#link.stop();
    }
  }

  #newPart({ assistant, vars, visit }: Role, isGreeted = false): AssistantPart {
    const { session, phase, leave } = this.#deps;
    return createAssistantPart({
      role: { assistant, vars, ...(visit !== undefined && { visit }) },
      isGreeted,
      voice: this.voice,
      keeper: this.keeper,
      callZeroMs: this.#callZeroMs,
      link: this.#link,
      callerAudio: this.#callerAudio,
      session,
      seed: () => this.#seed(),
      isCurrent: (part) => this.#part === part && phase() === 'open',
      leave,
      fail: (why) => this.#fail(why),
    });
  }

  #modelLink(): ModelLink {
    const { session, onUsage, guard } = this.#deps;
    const { openModel, connectTimeoutMs, nowMs, log } = session;
    return new ModelLink({
      openModel,
      wish: (handle, avoid) => {
        const memory = { ...(handle && { handle }), seed: this.#seed() };
        return modelWish(this.#part, memory, connectTimeoutMs, avoid);
      },
      onLive: (open, line) => this.#succession.live(open, line),
      onGone: (mayRepeat) => this.#succession.gone(mayRepeat),
      onEvent: (event, atMs) => this.#modelEvent(event, atMs),
      onUsage,
      onFailed: (why) => guard(() => this.#fail(why)),
      lineAfterLoss: (atMs) => this.#succession.lineAfterLoss(atMs),
      isLeaving: () => this.#part.conversation.isLeaving(),
      isQuiet: (atMs) => this.#isQuiet(atMs) && !this.#part.hard.isOpening(),
      guard,
      nowMs,
      log,
    });
  }

  #seed(): Said[] {
    return [...this.#earlier, ...this.keeper.history()];
  }

  #isQuiet(atMs: number): boolean {
    return this.#part.conversation.isBetweenTurns(atMs) && !this.#part.tools.isBusy();
  }

  #modelEvent(event: ModelEvent, atMs: number): void {
    if (this.#deps.phase() !== 'open') return;
    const { conversation, deadAir, tools, hard } = this.#part;
    conversation.modelEvent(event, atMs);
    const isHeard = event.type === 'audio' && this.voice.lastAudioMs() === atMs;
    this.#succession.event(event, atMs, isHeard);
    deadAir.event(event, atMs, isHeard);
    hard.event(event, atMs, isHeard);
    if (isHeard || event.type === 'turnComplete' || event.type === 'toolCall') tools.reacted();
  }

  /** No model is to be had: says so, as far as that is possible, and leaves. */
  #fail(why: string): void {
    const { phase, giveUp, session } = this.#deps;
    if (phase() === 'closed') return;
    session.log.error({ why }, 'the assistant cannot go on');
    this.#link.stop();
    const { assistant, conversation } = this.#part;
    const phrase = recordedPhrase(assistant.language, 'apology');
    if (!phrase || conversation.isLeaving()) return giveUp(why);
    conversation.speak(phrase, session.nowMs());
    conversation.leave('failed', session.nowMs());
  }
}
