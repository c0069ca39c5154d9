/**
 * One call's live half: holds the carrier's stream, the talk and the model's sessions together.
 *
 * Phases: `open` from the first moment, the model's own phases inside it (`model-link.ts`) -> `leaving`, while the call says
 * what follows -> `open` again with the next assistant, or `closed`, when what is left is brought to storage.
 *
 * Invariants:
 * S1 `#finish` runs once, and every path out of the session leads through it.
 * S2 An exception in any handler ends this call and no other, without an outcome: the carrier then asks anew.
 * S3 The stream is closed only after the outcome was told or stored, or the time for that was up.
 * S4 One assistant has the call at a time. The line's voice, the turns' numbers and what models cost are the stream's and
 *    go on; the talk, its limits, tools and keywords are the assistant's and end with it: nothing of it acts any more.
 * S5 Only the call's own answer lets another assistant take the stream. Without it the stream ends, as it does for every
 *    other outcome; whether or not the call had taken it, it goes on with the next question of the carrier.
 */
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { GatewayCommand } from '../../contracts/gateway.ts';
import type { LeaveAnswer } from '../../contracts/messages.ts';
import type { ModelEvent, ModelToolResult } from '../../contracts/realtime-model.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { dtmfTones } from '../audio/dtmf-tones.ts';
import { type AssistantPart, createAssistantPart, type Role } from './assistant-part.ts';
import { type AssistantVoice, createAssistantVoice } from './assistant-voice.ts';
import { createCallerAudio } from './caller-audio.ts';
import { createCallerStream, type CallerStream } from './caller-stream.ts';
import { type Farewell, sayFarewell } from './farewell.ts';
import { greetingLine, handoverLine, resumeLine, withVars } from './instructions.ts';
import { type FirstLine, ModelLink } from './model-link.ts';
import { modelWish } from './model-wish.ts';
import type { OpenModel } from './open-model.ts';
import { recordedPhrase } from './recorded-phrases.ts';
import { createSessionBooks, type SessionBooks } from './session-books.ts';
import type { SessionCarrier, SessionDeps, SessionStart, VisitHandle } from './session-deps.ts';
import { hasNotBegun, lastExchange, ownHandle, recall, type Said, saidIn } from './session-memory.ts';
import { createTurnKeeper, type TurnKeeper } from './turn-keeper.ts';
import { createTurnWriter, type TurnWriter } from './turn-writer.ts';
import { within } from './within.ts';

const NEXT_WITHIN_MS = 1000;
/** A caller who answers does so between these: a call that changed hands then would lose what he says first. */
const ANSWERS_MS = { from: 200, until: 4000 };

const ENDS_ANSWER: ReadonlySet<ModelEvent['type']> = new Set(['generationComplete', 'turnComplete', 'interrupted']);

/** What needs no better time than a tenth of a second would cost as much as the audio, fifty times a second. */
const ROUND_TICKS = 5;

export class CallSession {
  readonly #start: SessionStart;
  readonly #carrier: SessionCarrier;
  readonly #deps: SessionDeps;
  readonly #callZeroMs: number;
  readonly #keeper: TurnKeeper;
  readonly #voice: AssistantVoice;
  readonly #link: ModelLink;
  readonly #writer: TurnWriter;
  readonly #books: SessionBooks;
  readonly #callerStream: CallerStream;
  readonly #callerAudio = createCallerAudio();
  readonly #stopTicking: () => void;
  #part: AssistantPart;
  #ticks = 0;
  #phase: 'open' | 'leaving' | 'closed' = 'open';
  #earlier: Said[] = [];
  #drainByMs: number | undefined;
  #isHandover = false;
  /** The stream was lost while the call was asked what follows. */
  #isStreamLost = false;
  #apologised: boolean;

  /** Starts at once. `warmed` is a model session that is open or opening for this very epoch. */
  constructor(start: SessionStart, carrier: SessionCarrier, deps: SessionDeps, warmed?: Promise<OpenModel>) {
    this.#start = start;
    this.#carrier = carrier;
    this.#deps = deps;
    const { line, log } = deps;
    const startedMs = deps.nowMs();
    this.#callZeroMs = start.clockMs - startedMs;
    this.#apologised = start.resumed && !start.unnoticed;
    this.#writer = createTurnWriter({ write: (turns) => line.writeTurns(turns), log });
    this.#link = this.#modelLink();
    this.#keeper = createTurnKeeper({ epoch: start.epoch, language: start.assistant.language });
    this.#voice = createAssistantVoice({
      keeper: this.#keeper,
      callZeroMs: this.#callZeroMs,
      port: {
        play: (mulaw, mark) => {
          carrier.media(mulaw);
          carrier.mark(mark);
        },
        clear: (soundMs) => carrier.clear(soundMs),
        answerCut: (heardMs) => this.#link.answerCut(heardMs),
      },
    });
    this.#part = this.#newPart(start, start.unnoticed);
    this.#books = createSessionBooks({
      line,
      handle: () => this.#handleForNext(),
      lastSeq: () => this.#keeper.lastSeq(),
      startedMs,
      log,
    });
    this.#callerStream = createCallerStream(
      (mulaw, endMs, atMs) => this.#part.conversation.callerAudio(mulaw, endMs, atMs),
      startedMs,
    );
    this.#stopTicking = deps.ticker.add((atMs) => this.#guard(() => this.#tick(atMs)));
    void this.#connect(warmed);
  }

  get epoch(): number {
    return this.#start.epoch;
  }

  /** A frame of the caller, as its message came. The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array): void {
    this.#guard(() => {
      if (this.#phase !== 'closed') this.#callerStream.media(timestampMs, mulaw, this.#deps.nowMs());
    });
  }

  mark(name: string): void {
    this.#guard(() => this.#voice.markEchoed(name, this.#deps.nowMs()));
  }

  digit(digit: string): void {
    this.#guard(() => this.#part.conversation.callerDigit(digit, this.#deps.nowMs()));
  }

  /** The caller has hung up. */
  callerGone(): void {
    void this.#finish('callerHungUp', 'caller hung up');
  }

  /** The stream is gone without a word: the carrier asks the API, and the call goes on in another epoch. */
  streamLost(code: number): void {
    if (this.#phase === 'leaving') this.#isStreamLost = true;
    else void this.#finish(undefined, `stream closed with ${code}`);
  }

  command(command: GatewayCommand): void {
    this.#guard(() => {
      const atMs = this.#deps.nowMs();
      const { conversation } = this.#part;
      if (command.type === 'play') conversation.say(command.text);
      else if (command.type === 'dtmf') this.#voice.play(dtmfTones(command.digits), atMs);
      else conversation.leave(command.outcome, atMs);
    });
  }

  /** Gives the call up at the next turn boundary, at the latest after `withinMs`, so that it moves to another gateway. */
  drain(withinMs: number): void {
    const byMs = this.#deps.nowMs() + withinMs;
    this.#drainByMs = Math.min(this.#drainByMs ?? byMs, byMs);
  }

  #newPart({ assistant, vars, visit }: Role, isGreeted = false): AssistantPart {
    return createAssistantPart({
      role: { assistant, vars, ...(visit !== undefined && { visit }) },
      isGreeted,
      voice: this.#voice,
      keeper: this.#keeper,
      callZeroMs: this.#callZeroMs,
      link: this.#link,
      callerAudio: this.#callerAudio,
      session: this.#deps,
      seed: () => this.#seed(),
      isCurrent: (part) => this.#part === part && this.#phase === 'open',
      tell: (line) => this.#tell(line),
      deliver: (results) => this.#deliver(results),
      leave: (outcome, data) => void this.#leave(outcome, data),
      fail: (why) => this.#fail(why),
    });
  }

  #seed(): Said[] {
    return [...this.#earlier, ...this.#keeper.history()];
  }

  #modelLink(): ModelLink {
    const { openModel, connectTimeoutMs, nowMs, log } = this.#deps;
    return new ModelLink({
      openModel,
      wish: (handle, avoid) => {
        const memory = { ...(handle && { handle }), seed: this.#seed() };
        return modelWish(this.#part, memory, connectTimeoutMs, avoid);
      },
      onLive: (open, line) => this.#hearModel(open, line),
      onGone: (mayRepeat) => {
        this.#callerAudio.disconnect(mayRepeat ? 'repeat-turn' : undefined);
        // Its successor begins the answer anew: what was not heard of it would only be heard twice.
        if (this.#callerAudio.repeatsTurn() === 'begun') this.#voice.cut(nowMs());
        this.#part.tools.sessionLost();
        this.#part.hard.sessionGone();
        this.#part.conversation.sessionGone();
      },
      onEvent: (event, atMs) => this.#modelEvent(event, atMs),
      onUsage: (modelId, usage) => this.#books.used(modelId, usage),
      onFailed: (why) => this.#guard(() => this.#fail(why)),
      lineAfterLoss: (atMs) => this.#lineAfterLoss(atMs),
      isLeaving: () => this.#part.conversation.isLeaving(),
      isQuiet: (atMs) => this.#isQuiet(atMs) && !this.#part.hard.isOpening(),
      guard: (run) => this.#guard(run),
      nowMs,
      log,
    });
  }

  async #connect(warmed: Promise<OpenModel> | undefined): Promise<void> {
    const { resumed, unnoticed, handedOver, assistant, vars, asking } = this.#start;
    const memory = resumed || handedOver ? await recall(this.#deps.line, this.#deps.log) : undefined;
    this.#earlier = saidIn(memory);
    const { modelId } = assistant.model;
    const left = resumed ? ownHandle(memory, this.#start) : undefined;
    const handle = left === undefined ? undefined : { modelId, handle: left };
    if (unnoticed) return this.#link.open(() => undefined, handle); // the caller's turn, as before
    if (resumed && !hasNotBegun(memory, this.#start))
      return this.#link.open(
        () => resumeLine(assistant, { apologise: true, ...(asking !== undefined && { asking }) }),
        handle,
        warmed,
      );
    const line = openingLine(assistant, handedOver || this.#earlier.some(({ speaker }) => speaker === 'assistant'));
    this.#part.opening = { line, saidBefore: this.#said() };
    return this.#link.open(() => (warmed ? withVars(line, vars) : line), handle, warmed);
  }

  #said(): number {
    return this.#seed().length;
  }

  #isQuiet(atMs: number): boolean {
    return this.#part.conversation.isBetweenTurns(atMs) && !this.#part.tools.isBusy();
  }

  #hearModel({ model, session }: OpenModel, line: string | undefined): void {
    const { sessionId, inputFormat, outputFormat, activity = 'model', thinksMs } = session;
    const { conversation, deadAir, tools } = this.#part;
    conversation.modelOpened(outputFormat, activity);
    // What it hears again it can answer from now on.
    if (this.#callerAudio.repeatsTurn()) deadAir.turnGiven(this.#deps.nowMs());
    this.#callerAudio.connect({
      encoding: inputFormat.encoding,
      send: (chunk) => void model.sendAudio(sessionId, chunk),
      ...(activity === 'client' && { signal: (edge) => void model.signalActivity(sessionId, edge) }),
    });
    deadAir.mayThink(thinksMs);
    if (line !== undefined) deadAir.asked(this.#deps.nowMs(), line);
    tools.redeliver();
  }

  #modelEvent(event: ModelEvent, atMs: number): void {
    if (this.#phase !== 'open') return;
    const { conversation, deadAir, tools, hard } = this.#part;
    conversation.modelEvent(event, atMs);
    const isHeard = event.type === 'audio' && this.#voice.lastAudioMs() === atMs;
    this.#noteAnswer(event, atMs, isHeard);
    deadAir.event(event, atMs, isHeard);
    hard.event(event, atMs, isHeard);
    if (isHeard || event.type === 'turnComplete' || event.type === 'toolCall') tools.reacted();
  }

  /** How far the caller is answered: what he said is heard again where the model dies too soon. */
  #noteAnswer({ type }: ModelEvent, atMs: number, isHeard: boolean): void {
    if (isHeard) this.#callerAudio.answerComes(atMs);
    if (type === 'toolCall') this.#callerAudio.answered();
    else if (ENDS_ANSWER.has(type) || this.#keeper.callerIsWritten()) this.#callerAudio.answerSuffices();
  }

  #tell(line: string): boolean {
    if (!this.#link.isLive()) return false;
    this.#link.tell(line);
    this.#part.deadAir.asked(this.#deps.nowMs());
    return true;
  }

  #deliver(results: readonly ModelToolResult[]): boolean {
    if (!this.#link.deliver(results)) return false;
    this.#part.deadAir.asked(this.#deps.nowMs());
    return true;
  }

  #lineAfterLoss(atMs: number): FirstLine {
    const part = this.#part;
    const { assistant, conversation, deadAir, tools, hard } = part;
    const isOwed = deadAir.owesSince() !== undefined || hard.waitsSince() !== undefined;
    const isOwing = conversation.modelLost(atMs) || isOwed;
    return () => {
      const results = tools.takeResults();
      if (!isOwing && results.length === 0) return undefined;
      if (part.opening?.saidBefore === this.#said()) return part.opening.line;
      if (this.#callerAudio.repeatsTurn() && results.length === 0) {
        // It hears what it owes an answer to: nothing was lost, and nobody noticed.
        this.#keeper.callerRepeats();
        return undefined;
      }
      const apologise = !this.#apologised;
      this.#apologised = true;
      const { callerWords, ...heard } = lastExchange(this.#keeper.history());
      // Of a turn without words nothing is known: those before it were answered.
      const words = this.#keeper.callerIsWritten() && callerWords !== undefined ? { callerWords } : {};
      return resumeLine(assistant, { apologise, results, ...heard, ...words });
    };
  }

  /** No model is to be had: says so, as far as that is possible, and leaves. */
  #fail(why: string): void {
    const { log, nowMs } = this.#deps;
    if (this.#phase === 'closed') return;
    log.error({ why }, 'the assistant cannot go on');
    this.#link.stop();
    const { assistant, conversation } = this.#part;
    const phrase = recordedPhrase(assistant.language, 'apology');
    if (!phrase || conversation.isLeaving()) return void this.#finish('failed', why);
    conversation.speak(phrase, nowMs());
    conversation.leave('failed', nowMs());
  }

  #tick(atMs: number): void {
    const { conversation, tools, deadAir, hard } = this.#part;
    this.#callerStream.tick(atMs);
    conversation.tick(atMs);
    if (this.#phase === 'closed') return;
    this.#ticks += 1;
    const isRound = this.#ticks % ROUND_TICKS === 0;
    if (isRound) this.#putDown(atMs);
    if (this.#phase === 'leaving') return;
    if (isRound) tools.tick(atMs);
    deadAir.tick(atMs);
    hard.tick(atMs, () => this.#isQuiet(atMs));
    this.#link.tick(atMs);
    if (this.#drainByMs === undefined) return;
    const quietMs = atMs - conversation.quietSince();
    const isLull = quietMs <= ANSWERS_MS.from || quietMs >= ANSWERS_MS.until;
    const isPause = isLull && conversation.isBetweenTurns(atMs) && !this.#owesSomething();
    this.#isHandover = isPause && this.#said() > 0;
    if (isPause || atMs >= this.#drainByMs) void this.#finish(undefined, 'gateway drains');
  }

  #putDown(atMs: number): void {
    this.#writer.add(this.#keeper.takeChanged());
    this.#writer.tick(atMs);
    this.#books.tick(atMs);
  }

  /** Whether something is under way that the caller waits for: the next gateway would have to begin it again. */
  #owesSomething(): boolean {
    const { tools, deadAir, hard } = this.#part;
    return tools.isBusy() || hard.isOpening() || deadAir.owesSince() !== undefined;
  }

  /** The next gateway asks the assistant's first model. */
  #handleForNext(): VisitHandle | undefined {
    const { assistant, visit } = this.#part;
    const latest = this.#link.handle;
    if (latest?.modelId !== assistant.model.modelId) return undefined;
    return { handle: latest.handle, ...(visit !== undefined && { visit }) };
  }

  /** The assistant's part is over: the next one goes on where the call says so, else the stream ends. */
  async #leave(outcome: string, data?: JsonObject): Promise<void> {
    const why = 'assistant left its node';
    const { visit, conversation } = this.#part;
    if (visit === undefined || outcome === 'failed') return this.#finish(outcome, why, undefined, data);
    if (this.#phase !== 'open') return undefined;
    this.#phase = 'leaving';
    const { line, log, nowMs } = this.#deps;
    this.#guard(() => {
      conversation.hush(nowMs());
      conversation.close(nowMs());
      this.#callerAudio.hold();
    });
    const stopped = { outcome, visit, lastSeq: this.#keeper.lastSeq(), ...(data && { data }) };
    const mayGoOn = this.#drainByMs === undefined;
    const asking = line.askNext({ ...stopped, mayGoOn }).catch((failure: unknown) => {
      log.warn({ outcome, err: failure }, 'the call could not be asked what follows');
      return undefined;
    });
    const answer = await within(asking, NEXT_WITHIN_MS, undefined);
    if (answer?.next === 'assistant' && this.#isStreamLost) await this.#finish(undefined, 'stream lost');
    else if (answer?.next === 'assistant') this.#guard(() => this.#takeUp(answer));
    else await this.#finish(outcome, why, answer ? 'told' : 'unanswered', data);
    return undefined;
  }

  #takeUp({ assistant, vars, visit, nodeId }: Extract<LeaveAnswer, { next: 'assistant' }>): void {
    if (this.#phase !== 'leaving') return; // the caller has gone meanwhile
    const { log, nowMs } = this.#deps;
    log.info({ nodeId, visit, assistantId: assistant.assistantId }, 'another assistant goes on');
    // What the caller has said meanwhile is a turn of its own.
    this.#part.conversation.close(nowMs());
    this.#callerAudio.endTurn();
    this.#phase = 'open';
    this.#keeper.speakIn(assistant.language);
    this.#voice.passOn(nowMs());
    this.#part = this.#newPart({ assistant, vars, visit });
    const line = handoverLine(assistant);
    this.#part.opening = { line, saidBefore: this.#said() };
    void this.#link.passOn(() => line);
  }

  async #finish(outcome: string | undefined, why: string, told?: Farewell['told'], data?: JsonObject): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    const { log, line, nowMs, onEnded } = this.#deps;
    const { conversation, visit } = this.#part;
    log.info({ outcome, why }, 'session ends');
    this.#stopTicking();
    this.#callerAudio.disconnect();
    try {
      conversation.close(nowMs());
      this.#writer.add(this.#keeper.takeChanged());
    } catch (thrown) {
      log.error({ err: thrown }, 'the last turns could not be told');
    }
    this.#link.stop();
    this.#books.close();
    const closeStream = (): void => this.#carrier.close();
    const lastSeq = this.#keeper.lastSeq();
    const ending = outcome === undefined ? { isHandover: this.#isHandover } : { outcome, told, data };
    await sayFarewell({ ...ending, visit, lastSeq, writer: this.#writer, line, log, closeStream });
    onEnded();
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#deps.log.error({ err: thrown }, 'call session failed');
      void this.#finish(undefined, 'fault');
    }
  }
}

function openingLine(assistant: AssistantVersion, takesOver: boolean): string {
  return takesOver ? handoverLine(assistant) : greetingLine(assistant);
}
