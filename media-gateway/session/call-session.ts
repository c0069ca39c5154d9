/**
 * One call's live half: holds the carrier's stream, the talk and the model's sessions together.
 *
 * Phases: `open` from the first moment, the model's own phases inside it (`model-link.ts`) -> `closed`, when what is left
 * is brought to storage.
 *
 * Invariants:
 * S1 `#finish` runs once, and every path out of the session leads through it.
 * S2 An exception in any handler ends this call and no other, without an outcome: the carrier then asks anew.
 * S3 The stream is closed only after the outcome was told or stored, or the time for that was up.
 */
import type { GatewayCommand } from '../../contracts/gateway.ts';
import type { ModelEvent, ModelToolResult } from '../../contracts/realtime-model.ts';
import { dtmfTones } from '../audio/dtmf-tones.ts';
import { createCallerAudio } from './caller-audio.ts';
import { createCallerStream, type CallerStream } from './caller-stream.ts';
import { type Conversation, type ConversationPort, createConversation } from './conversation.ts';
import { createDeadAir, type DeadAir } from './dead-air.ts';
import { sayFarewell } from './farewell.ts';
import { greetingLine, handoverLine, resultsLine, resumeLine, withVars } from './instructions.ts';
import { type FirstLine, ModelLink } from './model-link.ts';
import { modelWish } from './model-wish.ts';
import type { OpenModel, ResumptionHandle } from './open-model.ts';
import { recordedPhrase } from './recorded-phrases.ts';
import { createSessionBooks, type SessionBooks } from './session-books.ts';
import type { SessionCarrier, SessionDeps, SessionStart } from './session-deps.ts';
import { lastExchange, recall, type Said, saidIn } from './session-memory.ts';
import { createToolDesk, type ToolDesk } from './tool-desk.ts';
import { createTurnWriter, type TurnWriter } from './turn-writer.ts';

export class CallSession {
  readonly #start: SessionStart;
  readonly #carrier: SessionCarrier;
  readonly #deps: SessionDeps;
  readonly #conversation: Conversation;
  readonly #link: ModelLink;
  readonly #deadAir: DeadAir;
  readonly #tools: ToolDesk;
  readonly #writer: TurnWriter;
  readonly #books: SessionBooks;
  readonly #callerStream: CallerStream;
  readonly #callerAudio = createCallerAudio();
  readonly #stopTicking: () => void;
  #phase: 'open' | 'closed' = 'open';
  #earlier: Said[] = [];
  #drainByMs: number | undefined;
  #isHandover = false;
  #apologised: boolean;

  /** Starts at once. `warmed` is a model session that is open or opening for this very epoch. */
  constructor(start: SessionStart, carrier: SessionCarrier, deps: SessionDeps, warmed?: Promise<OpenModel>) {
    this.#start = start;
    this.#carrier = carrier;
    this.#deps = deps;
    const startedMs = deps.nowMs();
    const { assistant, epoch, unnoticed: isGreeted = false } = start;
    const { line, log } = deps;
    this.#apologised = start.resumed && !start.unnoticed;
    this.#writer = createTurnWriter({ write: (turns) => line.writeTurns(turns), log });
    this.#link = this.#modelLink();
    this.#tools = createToolDesk({
      tools: assistant.tools,
      run: (call) => line.runTool(call),
      deliver: (results) => this.#deliver(results),
      tell: (results) => this.#tell(resultsLine(results)),
    });
    const callZeroMs = start.clockMs - startedMs;
    this.#conversation = createConversation({ assistant, epoch, callZeroMs, isGreeted, port: this.#port() });
    this.#deadAir = createDeadAir({
      assistant,
      conversation: this.#conversation,
      link: this.#link,
      toolRunsSince: () => this.#tools.runsSince(),
      giveUp: (why) => this.#fail(why),
      log,
    });
    this.#books = createSessionBooks({
      line,
      handle: () => this.#handleForNext(),
      lastSeq: () => this.#conversation.lastSeq(),
      startedMs,
      log,
    });
    this.#callerStream = createCallerStream(
      (mulaw, endMs, atMs) => this.#conversation.callerAudio(mulaw, endMs, atMs),
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
      if (this.#phase === 'open') this.#callerStream.media(timestampMs, mulaw, this.#deps.nowMs());
    });
  }

  mark(name: string): void {
    this.#guard(() => this.#conversation.markEchoed(name, this.#deps.nowMs()));
  }

  digit(digit: string): void {
    this.#guard(() => this.#conversation.callerDigit(digit, this.#deps.nowMs()));
  }

  /** The caller has hung up. */
  callerGone(): void {
    void this.#finish('callerHungUp', 'caller hung up');
  }

  /** The stream is gone without a word: the carrier asks the API, and the call goes on in another epoch. */
  streamLost(code: number): void {
    void this.#finish(undefined, `stream closed with ${code}`);
  }

  command(command: GatewayCommand): void {
    this.#guard(() => {
      const atMs = this.#deps.nowMs();
      if (command.type === 'play') this.#conversation.say(command.text);
      else if (command.type === 'dtmf') this.#conversation.play(dtmfTones(command.digits), atMs);
      else this.#conversation.leave(command.outcome, atMs);
    });
  }

  /** Gives the call up at the next turn boundary, at the latest after `withinMs`, so that it moves to another gateway. */
  drain(withinMs: number): void {
    const byMs = this.#deps.nowMs() + withinMs;
    this.#drainByMs = Math.min(this.#drainByMs ?? byMs, byMs);
  }

  #port(): ConversationPort {
    const carrier = this.#carrier;
    return {
      play: (mulaw, mark) => {
        carrier.media(mulaw);
        carrier.mark(mark);
      },
      clear: () => carrier.clear(),
      tellModel: (text) => void this.#tell(text),
      hearCaller: (mulaw) => this.#callerAudio.take(mulaw),
      endCallerTurn: () => {
        this.#callerAudio.endTurn();
        this.#deadAir.turnGiven(this.#deps.nowMs());
      },
      runTool: (call) => this.#tools.call(call, this.#deps.nowMs()),
      answerTool: ({ id, name }, response) => void this.#deliver([{ id, name, response }]),
      answerCut: (heardMs) => this.#link.answerCut(heardMs),
      cancelTools: (ids) => this.#tools.cancel(ids),
      leave: (outcome) => void this.#finish(outcome, 'assistant left its node'),
    };
  }

  #modelLink(): ModelLink {
    const { openModel, connectTimeoutMs, nowMs, log } = this.#deps;
    return new ModelLink({
      openModel,
      wish: (handle, avoid) => {
        const seed = [...this.#earlier, ...this.#conversation.history()];
        return modelWish(this.#start, { ...(handle && { handle }), seed }, connectTimeoutMs, avoid);
      },
      onLive: (open, line) => this.#hearModel(open, line),
      onGone: () => {
        this.#callerAudio.disconnect();
        this.#tools.sessionLost();
      },
      onEvent: (event, atMs) => this.#modelEvent(event, atMs),
      onUsage: (modelId, usage) => this.#books.used(modelId, usage),
      onFailed: (why) => this.#guard(() => this.#fail(why)),
      lineAfterLoss: (atMs) => this.#lineAfterLoss(atMs),
      isLeaving: () => this.#conversation.isLeaving(),
      isQuiet: (atMs) => this.#conversation.isBetweenTurns(atMs) && !this.#tools.isBusy(),
      guard: (run) => this.#guard(run),
      nowMs,
      log,
    });
  }

  async #connect(warmed: Promise<OpenModel> | undefined): Promise<void> {
    const { resumed, unnoticed, handedOver, assistant, vars } = this.#start;
    const memory = resumed || handedOver ? await recall(this.#deps.line, this.#deps.log) : { turns: [] };
    this.#earlier = saidIn(memory);
    const line = resumed
      ? resumeLine(assistant, { apologise: true })
      : handedOver
        ? handoverLine(assistant)
        : greetingLine(assistant);
    // A handle belongs to the assistant who left it.
    const { modelId } = assistant.model;
    const handle = resumed && memory.handle !== undefined ? { modelId, handle: memory.handle } : undefined;
    if (unnoticed) return this.#link.open(() => undefined, handle); // the caller's turn, as before
    await this.#link.open(() => (warmed ? withVars(line, vars) : line), handle, warmed);
  }

  #hearModel({ model, session, memory }: OpenModel, line: string | undefined): void {
    const { sessionId, inputFormat, outputFormat, activity = 'model' } = session;
    this.#conversation.modelOpened(outputFormat, activity);
    // Audio from before must not be played into a session that is resumed: the vendor closes it.
    if (memory === 'handle') this.#callerAudio.disconnect();
    this.#callerAudio.connect({
      encoding: inputFormat.encoding,
      send: (chunk) => void model.sendAudio(sessionId, chunk),
      ...(activity === 'client' && { signal: (edge) => void model.signalActivity(sessionId, edge) }),
    });
    if (line !== undefined) this.#deadAir.asked(this.#deps.nowMs(), line);
    this.#tools.redeliver();
  }

  #modelEvent(event: ModelEvent, atMs: number): void {
    this.#conversation.modelEvent(event, atMs);
    const isHeard = event.type === 'audio' && this.#conversation.lastModelAudioMs() === atMs;
    this.#deadAir.event(event, atMs, isHeard);
    if (isHeard || event.type === 'turnComplete' || event.type === 'toolCall') this.#tools.reacted();
  }

  #tell(line: string): boolean {
    if (!this.#link.isLive()) return false;
    this.#link.tell(line);
    this.#deadAir.asked(this.#deps.nowMs());
    return true;
  }

  #deliver(results: readonly ModelToolResult[]): boolean {
    if (!this.#link.deliver(results)) return false;
    this.#deadAir.asked(this.#deps.nowMs());
    return true;
  }

  #lineAfterLoss(atMs: number): FirstLine {
    const isOwing = this.#conversation.modelLost(atMs) || this.#deadAir.owesSince() !== undefined;
    const { assistant } = this.#start;
    return () => {
      const results = this.#tools.takeResults();
      if (!isOwing && results.length === 0) return undefined;
      const history = this.#conversation.history();
      if (this.#earlier.length === 0 && history.length === 0) return greetingLine(assistant);
      const apologise = !this.#apologised;
      this.#apologised = true;
      return resumeLine(assistant, { apologise, results, ...lastExchange(history) });
    };
  }

  /** No model is to be had: says so, as far as that is possible, and leaves. */
  #fail(why: string): void {
    const { log, nowMs } = this.#deps;
    if (this.#phase === 'closed') return;
    log.error({ why }, 'the assistant cannot go on');
    this.#link.stop();
    const phrase = recordedPhrase(this.#start.assistant.language, 'apology');
    if (!phrase || this.#conversation.isLeaving()) return void this.#finish('failed', why);
    this.#conversation.speak(phrase, nowMs());
    this.#conversation.leave('failed', nowMs());
  }

  #tick(atMs: number): void {
    this.#callerStream.tick(atMs);
    this.#conversation.tick(atMs);
    if (this.#phase === 'closed') return;
    this.#writer.add(this.#conversation.takeTurns());
    this.#writer.tick(atMs);
    this.#tools.tick(atMs);
    this.#deadAir.tick(atMs);
    this.#link.tick(atMs);
    this.#books.tick(atMs);
    if (this.#drainByMs === undefined) return;
    const isPause = this.#conversation.isBetweenTurns(atMs);
    this.#isHandover = isPause && this.#mayHandOver();
    if (isPause || atMs >= this.#drainByMs) void this.#finish(undefined, 'gateway drains');
  }

  /** Whether another gateway can go on without a word: something was said, and nothing is owed. */
  #mayHandOver(): boolean {
    const hasBegun = this.#earlier.length + this.#conversation.history().length > 0;
    return hasBegun && !this.#tools.isBusy() && this.#deadAir.owesSince() === undefined;
  }

  /** The next gateway asks the assistant's first model. */
  #handleForNext(): ResumptionHandle | undefined {
    const { handle } = this.#link;
    return handle?.modelId === this.#start.assistant.model.modelId ? handle : undefined;
  }

  async #finish(outcome: string | undefined, why: string): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    const { log, line, nowMs, onEnded } = this.#deps;
    log.info({ outcome, why }, 'session ends');
    this.#stopTicking();
    this.#callerAudio.disconnect();
    try {
      this.#conversation.close(nowMs());
      this.#writer.add(this.#conversation.takeTurns());
    } catch (thrown) {
      log.error({ err: thrown }, 'the last turns could not be told');
    }
    this.#link.stop();
    this.#books.close();
    const closeStream = (): void => this.#carrier.close();
    const lastSeq = this.#conversation.lastSeq();
    const isHandover = this.#isHandover;
    const stopped = outcome === undefined ? { lastSeq, isHandover } : { outcome, lastSeq };
    await sayFarewell({ ...stopped, writer: this.#writer, line, log, closeStream });
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
