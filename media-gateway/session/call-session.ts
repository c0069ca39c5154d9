/**
 * One call's live half: holds the carrier's stream and the model's session together.
 *
 * Phases, each owning what it names:
 * - `connecting` the model opens for the first time; the caller's audio is kept, bounded
 * - `live` the open model session
 * - `rolling` the model session is closed or lost and the next one opens; the caller's audio is kept, bounded
 * - `closed` nothing; what is left is brought to storage
 *
 * Invariants:
 * S1 `#finish` runs once, and every path out of the session leads through it.
 * S2 An exception in any handler ends this call and no other, without an outcome: the carrier then asks anew.
 * S3 Events of a model session that is no longer the present one change nothing.
 * S4 The stream is closed only after the outcome was told or stored, or the time for that was up.
 * S5 An old model session is closed before its successor opens: the vendor refuses to resume one that is open.
 */
import { messageOf } from '../../contracts/errors.ts';
import type { GatewayCommand } from '../../contracts/gateway.ts';
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import { dtmfTones } from '../audio/dtmf-tones.ts';
import { createGapFiller } from '../audio/gap-filler.ts';
import { createCallerAudio } from './caller-audio.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { sayFarewell } from './farewell.ts';
import { greetingLine, handoverLine, resumeLine, withVars } from './instructions.ts';
import { modelWish } from './model-wish.ts';
import type { OpenModel } from './open-model.ts';
import type { Memory, SessionCarrier, SessionDeps, SessionStart } from './session-deps.ts';
import { createStreamClock } from './stream-clock.ts';
import { createToolDesk, type ToolDesk } from './tool-desk.ts';
import { createTurnWriter, type TurnWriter } from './turn-writer.ts';
import { createUsageMeter } from './usage-meter.ts';
import { within } from './within.ts';

type Phase =
  | { readonly type: 'connecting' | 'rolling' | 'closed' }
  | { readonly type: 'live'; readonly open: OpenModel; readonly sinceMs: number };

interface Seed {
  speaker: 'caller' | 'assistant';
  text: string;
}

const MEMORY_WITHIN_MS = 800;
const CHECKPOINT_EVERY_MS = 60_000;
const HANDLE_EVERY_MS = 1000;
const QUIET_CARRIER_MS = 250;
const GO_AWAY_MARGIN_MS = 5000;
const STABLE_MS = 10_000;
const MAX_LOSSES = 3;

export class CallSession {
  readonly #start: SessionStart;
  readonly #carrier: SessionCarrier;
  readonly #deps: SessionDeps;
  readonly #conversation: Conversation;
  readonly #tools: ToolDesk;
  readonly #writer: TurnWriter;
  readonly #usage = createUsageMeter();
  readonly #gaps = createGapFiller();
  readonly #clock = createStreamClock();
  readonly #callerAudio = createCallerAudio();
  readonly #startedMs: number;
  readonly #stopTicking: () => void;
  #phase: Phase = { type: 'connecting' };
  #earlier: Seed[] = [];
  #handle: { value: string; stored: boolean } | undefined;
  #handleStoredMs = 0;
  #checkpointMs: number;
  #lastFrameMs: number;
  #rollByMs: number | undefined;
  #drainByMs: number | undefined;
  #losses = 0;
  #apologised: boolean;

  /** Starts at once. `warmed` is a model session that is open or opening for this very epoch. */
  constructor(start: SessionStart, carrier: SessionCarrier, deps: SessionDeps, warmed?: Promise<OpenModel>) {
    this.#start = start;
    this.#carrier = carrier;
    this.#deps = deps;
    this.#startedMs = deps.nowMs();
    this.#checkpointMs = this.#startedMs;
    this.#lastFrameMs = this.#startedMs;
    this.#apologised = false;
    this.#writer = createTurnWriter({ write: (turns) => deps.line.writeTurns(turns), log: deps.log });
    this.#tools = createToolDesk({
      tools: start.assistant.tools,
      run: (call) => deps.line.runTool(call),
      deliver: (results) => {
        if (this.#phase.type !== 'live') return false;
        const { model, session } = this.#phase.open;
        void model.sendToolResults(session.sessionId, results);
        return true;
      },
    });
    this.#conversation = createConversation({
      assistant: start.assistant,
      epoch: start.epoch,
      callZeroMs: start.clockMs - this.#startedMs,
      port: this.#port(),
    });
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
      if (!use || this.#phase.type === 'closed') return;
      this.#lastFrameMs = atMs;
      if (padMs > 0) this.#callerAudio.silence(padMs);
      this.#conversation.callerAudio(mulaw, this.#clock.date(timestampMs + durationMs, atMs));
      this.#callerAudio.take(mulaw);
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
    this.#drainByMs ??= this.#deps.nowMs() + withinMs;
  }

  #port() {
    const carrier = this.#carrier;
    return {
      play: (mulaw: Uint8Array, mark: string): void => {
        carrier.media(mulaw);
        carrier.mark(mark);
      },
      clear: (): void => carrier.clear(),
      tellModel: (text: string): void => this.#tellModel(text),
      runTool: (call: Parameters<ToolDesk['call']>[0]): void => this.#tools.call(call, this.#deps.nowMs()),
      answerTool: ({ id, name }: { id: string; name: string }, response: { status: string; hint: string }): void => {
        if (this.#phase.type !== 'live') return;
        const { model, session } = this.#phase.open;
        void model.sendToolResults(session.sessionId, [{ id, name, response }]);
      },
      cancelTools: (ids: readonly string[]): void => this.#tools.cancel(ids),
      leave: (outcome: string): void => void this.#finish(outcome, 'assistant left its node'),
    };
  }

  async #connect(warmed: Promise<OpenModel> | undefined): Promise<void> {
    const { resumed, handedOver, assistant, vars } = this.#start;
    const memory = resumed || handedOver ? await this.#recall() : { turns: [] };
    this.#earlier = memory.turns.flatMap(seedOf);
    const line = resumed ? resumeLine(assistant, true) : handedOver ? handoverLine(assistant) : greetingLine(assistant);
    this.#apologised = resumed;
    // The handle belongs to the assistant who left it.
    await this.#open(warmed ? withVars(line, vars) : line, resumed ? memory.handle : undefined, warmed);
  }

  async #recall(): Promise<Memory> {
    const nothing: Memory = { turns: [] };
    const recalled = this.#deps.line.readMemory().catch((failure: unknown) => {
      this.#deps.log.warn({ reason: messageOf(failure) }, 'no memory of the earlier epoch');
      return nothing;
    });
    return within(recalled, MEMORY_WITHIN_MS, nothing);
  }

  /** Opens a model session and goes live with it; leaves with `failed` where none can be had. */
  async #open(line: string | undefined, handle: string | undefined, warmed?: Promise<OpenModel>): Promise<void> {
    const { log, openModel, connectTimeoutMs } = this.#deps;
    const seed = [...this.#earlier, ...this.#conversation.history()];
    const wish = modelWish(this.#start, { ...(handle === undefined ? {} : { handle }), seed }, connectTimeoutMs);
    try {
      const ready = await warmed?.catch(() => undefined);
      const open = ready ?? (await openModel(wish));
      if (this.#phase.type === 'closed') await open.model.stopSession(open.session.sessionId);
      else this.#guard(() => this.#goLive(open, line));
    } catch (failure) {
      log.error({ reason: messageOf(failure) }, 'no model session to be had');
      await this.#finish('failed', 'no model');
    }
  }

  #goLive(open: OpenModel, line: string | undefined): void {
    const { model, session, memory, modelId } = open;
    this.#phase = { type: 'live', open, sinceMs: this.#deps.nowMs() };
    this.#rollByMs = undefined;
    this.#deps.log.info({ modelId, memory }, 'model session open');
    this.#conversation.modelSpeaks(session.outputFormat);
    if (line !== undefined) this.#tellModel(line);
    // Audio from before must not be played into a session that is resumed: the vendor closes it.
    if (memory === 'handle') this.#callerAudio.disconnect();
    this.#callerAudio.connect((chunk) => void model.sendAudio(session.sessionId, chunk), session.inputFormat.encoding);
    this.#tools.redeliver();
    model.onEvent(session.sessionId, (event) => this.#guard(() => this.#modelEvent(open, event)));
  }

  #modelEvent(open: OpenModel, event: ModelEvent): void {
    if (event.type === 'usage') this.#usage.add(open.modelId, event.usage);
    if (this.#phase.type !== 'live' || this.#phase.open !== open) return;
    const atMs = this.#deps.nowMs();
    if (event.type === 'closed') this.#modelLost(event.code, atMs);
    else if (event.type === 'goAway') this.#rollByMs = atMs + Math.max(0, event.timeLeftMs - GO_AWAY_MARGIN_MS);
    else if (event.type === 'resumption') this.#keepHandle(event);
    else this.#conversation.modelEvent(event, atMs);
  }

  #modelLost(code: number, atMs: number): void {
    if (this.#phase.type !== 'live') return;
    const { open, sinceMs } = this.#phase;
    this.#deps.log.warn({ code, modelId: open.modelId }, 'model session lost');
    this.#losses = atMs - sinceMs >= STABLE_MS ? 1 : this.#losses + 1;
    // Whoever is about to go needs no model for it.
    if (this.#conversation.isLeaving()) return this.#letGo(open);
    if (this.#losses > MAX_LOSSES) {
      this.#letGo(open);
      void this.#finish('failed', 'the model was lost again and again');
      return undefined;
    }
    this.#replace(open, atMs);
  }

  /** Closes the present session and opens the next, which goes on where this one stopped. */
  #replace(open: OpenModel, atMs: number): void {
    const owes = this.#conversation.modelLost(atMs);
    this.#letGo(open);
    const fresh = this.#earlier.length === 0 && this.#conversation.history().length === 0;
    const line = owes
      ? fresh
        ? greetingLine(this.#start.assistant)
        : resumeLine(this.#start.assistant, !this.#apologised)
      : undefined;
    if (owes && !fresh) this.#apologised = true;
    const handle = this.#handle?.value;
    void open.model.stopSession(open.session.sessionId).then(() => this.#open(line, handle));
  }

  #letGo({ model, session }: OpenModel): void {
    this.#phase = { type: 'rolling' };
    this.#callerAudio.disconnect();
    void model.stopSession(session.sessionId);
  }

  #keepHandle({ handle, resumable }: { handle: string; resumable: boolean }): void {
    // While the model speaks or waits for a tool it names no handle: the last good one stays.
    if (resumable) this.#handle = { value: handle, stored: false };
  }

  #tellModel(text: string): void {
    if (this.#phase.type !== 'live') return;
    const { model, session } = this.#phase.open;
    void model.sendText(session.sessionId, text);
  }

  #tick(atMs: number): void {
    const { line } = this.#deps;
    if (atMs - this.#lastFrameMs > QUIET_CARRIER_MS) this.#fillSilence(atMs);
    this.#conversation.tick(atMs);
    if (this.#phase.type === 'closed') return;
    this.#writer.add(this.#conversation.takeTurns());
    this.#writer.tick(atMs);
    if (this.#handle && !this.#handle.stored && atMs - this.#handleStoredMs >= HANDLE_EVERY_MS) this.#storeHandle(atMs);
    if (atMs - this.#checkpointMs >= CHECKPOINT_EVERY_MS) {
      this.#checkpointMs = atMs;
      this.#attempt('checkpoint', line.checkpoint(this.#conversation.lastSeq()));
      this.#attempt('costs', line.writeCosts(this.#usage.totals()));
    }
    if (this.#rollByMs !== undefined) this.#rollIfTime(atMs, this.#rollByMs);
    if (this.#drainByMs !== undefined) this.#leaveIfTime(atMs, this.#drainByMs);
  }

  /** A model that gets no audio ends no turn: while the carrier says nothing, silence goes on. */
  #fillSilence(atMs: number): void {
    this.#lastFrameMs += 20;
    if (atMs - this.#lastFrameMs > 2 * QUIET_CARRIER_MS) this.#lastFrameMs = atMs - QUIET_CARRIER_MS;
    this.#gaps.fill(20);
    this.#callerAudio.silence(20);
  }

  #storeHandle(atMs: number): void {
    const handle = this.#handle;
    if (!handle) return;
    handle.stored = true;
    this.#handleStoredMs = atMs;
    this.#attempt('handle', this.#deps.line.storeHandle(handle.value));
  }

  #rollIfTime(atMs: number, byMs: number): void {
    if (this.#phase.type !== 'live') return;
    const unnoticed = this.#conversation.isBetweenTurns(atMs) && !this.#tools.isBusy();
    if (!unnoticed && atMs < byMs) return;
    this.#rollByMs = undefined;
    this.#deps.log.info({ unnoticed }, 'model session rolls over');
    this.#replace(this.#phase.open, atMs);
  }

  #leaveIfTime(atMs: number, byMs: number): void {
    if (!this.#conversation.isBetweenTurns(atMs) && atMs < byMs) return;
    void this.#finish(undefined, 'gateway drains');
  }

  #attempt(what: string, attempt: Promise<unknown>): void {
    attempt.catch((failure: unknown) => {
      this.#deps.log.warn({ what, reason: messageOf(failure) }, 'not brought to storage');
    });
  }

  async #finish(outcome: string | undefined, why: string): Promise<void> {
    const phase = this.#phase;
    if (phase.type === 'closed') return;
    this.#phase = { type: 'closed' };
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
    if (phase.type === 'live') void phase.open.model.stopSession(phase.open.session.sessionId);
    if (this.#handle && !this.#handle.stored) this.#storeHandle(nowMs());
    this.#attempt('costs', line.writeCosts(this.#usage.totals()));
    const closeStream = (): void => this.#carrier.close();
    const lastSeq = this.#conversation.lastSeq();
    await sayFarewell({
      ...(outcome === undefined ? {} : { outcome }),
      lastSeq,
      writer: this.#writer,
      line,
      log,
      closeStream,
    });
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
