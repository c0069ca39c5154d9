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
import { messageOf } from '../../contracts/errors.ts';
import type { GatewayCommand } from '../../contracts/gateway.ts';
import type { ModelEvent, ModelToolResult } from '../../contracts/realtime-model.ts';
import { dtmfTones } from '../audio/dtmf-tones.ts';
import { createGapFiller } from '../audio/gap-filler.ts';
import { MULAW_SILENCE } from '../audio/mulaw.ts';
import { createCallerAudio } from './caller-audio.ts';
import { type Conversation, type ConversationPort, createConversation } from './conversation.ts';
import { sayFarewell } from './farewell.ts';
import { createHoldPhrase } from './hold-phrase.ts';
import { greetingLine, handoverLine, resultsLine, resumeLine, withVars } from './instructions.ts';
import { type FirstLine, ModelLink } from './model-link.ts';
import { createModelWatch, type ModelWatch } from './model-watch.ts';
import { modelWish } from './model-wish.ts';
import type { OpenModel } from './open-model.ts';
import { recordedPhrase } from './recorded-phrases.ts';
import type { Memory, SessionCarrier, SessionDeps, SessionStart } from './session-deps.ts';
import { createStreamClock } from './stream-clock.ts';
import { createToolDesk, type ToolDesk } from './tool-desk.ts';
import { createTurnWriter, type TurnWriter } from './turn-writer.ts';
import { createUsageMeter } from './usage-meter.ts';
import { within } from './within.ts';

interface Seed {
  speaker: 'caller' | 'assistant';
  text: string;
}

const MEMORY_WITHIN_MS = 800;
const CHECKPOINT_EVERY_MS = 90_000; // seven events of history each: a call of ten minutes stays under 150
const HANDLE_EVERY_MS = 1000;
const QUIET_CARRIER_MS = 250;
const HELD_BACK_MS = 1000; // a turn that is given later than this was held back while the assistant spoke
const silentPiece = new Uint8Array(160).fill(MULAW_SILENCE);

export class CallSession {
  readonly #start: SessionStart;
  readonly #carrier: SessionCarrier;
  readonly #deps: SessionDeps;
  readonly #conversation: Conversation;
  readonly #link: ModelLink;
  readonly #watch: ModelWatch;
  readonly #hold = createHoldPhrase();
  readonly #tools: ToolDesk;
  readonly #writer: TurnWriter;
  readonly #usage = createUsageMeter();
  readonly #gaps = createGapFiller();
  readonly #clock = createStreamClock();
  readonly #callerAudio = createCallerAudio();
  readonly #stopTicking: () => void;
  #phase: 'open' | 'closed' = 'open';
  #earlier: Seed[] = [];
  #storedHandle: string | undefined;
  #handleStoredMs = 0;
  #checkpointMs: number;
  #lastFrameMs: number;
  #drainByMs: number | undefined;
  /** When the model was last told that the caller's turn is over; undefined while it finds out by itself. */
  #turnGivenMs: number | undefined;
  #isHandover = false;
  #apologised: boolean;

  /** Starts at once. `warmed` is a model session that is open or opening for this very epoch. */
  constructor(start: SessionStart, carrier: SessionCarrier, deps: SessionDeps, warmed?: Promise<OpenModel>) {
    this.#start = start;
    this.#carrier = carrier;
    this.#deps = deps;
    const startedMs = deps.nowMs();
    this.#checkpointMs = startedMs;
    this.#lastFrameMs = startedMs;
    this.#apologised = start.resumed && !start.unnoticed;
    this.#writer = createTurnWriter({ write: (turns) => deps.line.writeTurns(turns), log: deps.log });
    this.#link = this.#modelLink();
    this.#watch = createModelWatch(start.assistant.model.latencyProfile);
    this.#tools = createToolDesk({
      tools: start.assistant.tools,
      run: (call) => deps.line.runTool(call),
      deliver: (results) => this.#deliver(results),
      tell: (results) => this.#tell(resultsLine(results)),
    });
    const callZeroMs = start.clockMs - startedMs;
    const { assistant, epoch, unnoticed: isGreeted = false } = start;
    this.#conversation = createConversation({ assistant, epoch, callZeroMs, isGreeted, port: this.#port() });
    this.#stopTicking = deps.ticker.add((atMs) => this.#guard(() => this.#tick(atMs)));
    void this.#connect(warmed);
  }

  get epoch(): number {
    return this.#start.epoch;
  }

  /** A frame of the caller, as its message came. The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array): void {
    this.#guard(() => {
      const atMs = this.#deps.nowMs();
      const durationMs = mulaw.length / 8;
      const { use, padMs } = this.#gaps.accept(timestampMs, durationMs);
      if (!use || this.#phase === 'closed') return;
      this.#lastFrameMs = atMs;
      const endMs = this.#clock.date(timestampMs + durationMs, atMs);
      this.#hearSilence(padMs, endMs - durationMs, atMs);
      this.#conversation.callerAudio(mulaw, endMs, atMs);
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
        this.#turnGivenMs = this.#deps.nowMs();
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
      onUsage: (modelId, usage) => this.#usage.add(modelId, usage),
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
    const memory = resumed || handedOver ? await this.#recall() : { turns: [] };
    this.#earlier = memory.turns.flatMap(seedOf);
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

  async #recall(): Promise<Memory> {
    const nothing: Memory = { turns: [] };
    const recalled = this.#deps.line.readMemory().catch((failure: unknown) => {
      this.#deps.log.warn({ reason: messageOf(failure) }, 'no memory of the earlier epoch');
      return nothing;
    });
    return within(recalled, MEMORY_WITHIN_MS, nothing);
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
    if (line !== undefined) this.#watch.asked(this.#deps.nowMs(), line);
    this.#tools.redeliver();
  }

  #modelEvent(event: ModelEvent, atMs: number): void {
    this.#conversation.modelEvent(event, atMs);
    const isHeard = event.type === 'audio' && this.#conversation.lastModelAudioMs() === atMs;
    this.#watch.event(event, atMs, isHeard);
    if (isHeard) this.#hold.modelSpoke();
    if (isHeard || event.type === 'turnComplete' || event.type === 'toolCall') this.#tools.reacted();
  }

  #tell(line: string): boolean {
    if (!this.#link.isLive()) return false;
    this.#link.tell(line);
    this.#watch.asked(this.#deps.nowMs());
    return true;
  }

  #deliver(results: readonly ModelToolResult[]): boolean {
    if (!this.#link.deliver(results)) return false;
    this.#watch.asked(this.#deps.nowMs());
    return true;
  }

  #lineAfterLoss(atMs: number): FirstLine {
    const isOwing = this.#conversation.modelLost(atMs) || this.#watch.owesSince() !== undefined;
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

  /** Keeps the caller from hearing nothing: from a model that says nothing, and from a tool that takes its time. */
  #breakSilence(atMs: number): void {
    const conversation = this.#conversation;
    if (conversation.isLeaving()) return;
    const toolSinceMs = this.#tools.runsSince();
    const strike = this.#watch.tick({
      atMs,
      isLive: this.#link.isLive(),
      callerSpeaks: conversation.isCallerSpeaking(),
      callerWaitsSinceMs: this.#modelOwesSince(atMs),
      toolsRun: toolSinceMs !== undefined,
    });
    if (strike) this.#deps.log.warn({ strike: strike.type }, 'the model owes an answer');
    if (strike?.type === 'remind') this.#link.tell(strike.line);
    else if (strike?.type === 'reopen') this.#link.reopen('same-model', atMs);
    else if (strike?.type === 'changeModel') this.#link.reopen('other-model', atMs);
    else if (strike?.type === 'giveUp') return this.#fail('the model says nothing');
    const owedSinceMs = this.#watch.owesSince();
    const quietSinceMs = conversation.quietSince();
    if (!this.#hold.isDue({ atMs, quietSinceMs, toolSinceMs, owedSinceMs })) return undefined;
    const phrase = recordedPhrase(this.#start.assistant.language, 'one-moment');
    if (phrase) conversation.speak(phrase, atMs);
    return undefined;
  }

  /** Since when the caller waits for what the model knows of: what is held back, or was no turn, is not owed. */
  #modelOwesSince(atMs: number): number | undefined {
    const waitsSinceMs = this.#conversation.callerWaitsSince(atMs);
    const givenMs = this.#turnGivenMs;
    if (waitsSinceMs === undefined || givenMs === undefined) return waitsSinceMs;
    if (givenMs < waitsSinceMs) return undefined;
    return givenMs - waitsSinceMs > HELD_BACK_MS ? givenMs : waitsSinceMs;
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
    if (atMs - this.#lastFrameMs > QUIET_CARRIER_MS) this.#fillSilence(atMs);
    this.#conversation.tick(atMs);
    if (this.#phase === 'closed') return;
    this.#writer.add(this.#conversation.takeTurns());
    this.#writer.tick(atMs);
    this.#tools.tick(atMs);
    this.#breakSilence(atMs);
    this.#link.tick(atMs);
    if (atMs - this.#handleStoredMs >= HANDLE_EVERY_MS) this.#storeHandle(atMs);
    if (atMs - this.#checkpointMs >= CHECKPOINT_EVERY_MS) this.#checkpoint(atMs);
    if (this.#drainByMs === undefined) return;
    const isPause = this.#conversation.isBetweenTurns(atMs);
    this.#isHandover = isPause && this.#mayHandOver();
    if (isPause || atMs >= this.#drainByMs) void this.#finish(undefined, 'gateway drains');
  }

  /** Whether another gateway can go on without a word: something was said, and nothing is owed. */
  #mayHandOver(): boolean {
    const hasBegun = this.#earlier.length + this.#conversation.history().length > 0;
    return hasBegun && !this.#tools.isBusy() && this.#watch.owesSince() === undefined;
  }

  /** A model that gets no audio ends no turn: while the carrier says nothing, silence goes on. */
  #fillSilence(atMs: number): void {
    this.#lastFrameMs += 20;
    if (atMs - this.#lastFrameMs > 2 * QUIET_CARRIER_MS) this.#lastFrameMs = atMs - QUIET_CARRIER_MS;
    this.#gaps.fill(20);
    this.#hearSilence(20, atMs, atMs);
  }

  #hearSilence(durationMs: number, endMs: number, atMs: number): void {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= 20) {
      const piece = leftMs >= 20 ? silentPiece : silentPiece.subarray(0, leftMs * 8);
      this.#conversation.callerAudio(piece, endMs - Math.max(0, leftMs - 20), atMs);
    }
  }

  #storeHandle(atMs: number): void {
    const { modelId, handle } = this.#link.handle ?? {};
    // The next gateway asks the assistant's first model.
    if (handle === undefined || handle === this.#storedHandle || modelId !== this.#start.assistant.model.modelId)
      return;
    this.#storedHandle = handle;
    this.#handleStoredMs = atMs;
    this.#attempt('handle', this.#deps.line.storeHandle(handle));
  }

  #checkpoint(atMs: number): void {
    this.#checkpointMs = atMs;
    this.#attempt('checkpoint', this.#deps.line.checkpoint(this.#conversation.lastSeq()));
    this.#attempt('costs', this.#deps.line.writeCosts(this.#usage.totals()));
  }

  #attempt(what: string, attempt: Promise<unknown>): void {
    attempt.catch((failure: unknown) => {
      this.#deps.log.warn({ what, reason: messageOf(failure) }, 'not brought to storage');
    });
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
    this.#storeHandle(nowMs());
    this.#attempt('costs', line.writeCosts(this.#usage.totals()));
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

function seedOf({ speaker, heardText }: Memory['turns'][number]): Seed[] {
  return heardText === '' || speaker === 'agent' ? [] : [{ speaker, text: heardText }];
}

/** What the caller said last, and what he heard after it. */
function lastExchange(history: readonly Seed[]): { callerWords?: string; heard?: string } {
  const index = history.findLastIndex(({ speaker }) => speaker === 'caller');
  const callerWords = history[index]?.text;
  const heard = history.slice(index + 1).map(({ text }) => text);
  return { ...(callerWords && { callerWords }), ...(heard.length > 0 && { heard: heard.join(' ') }) };
}
