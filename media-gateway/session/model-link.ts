/**
 * The model's side of a call: one session after the other, so that the call always has one or gets one.
 *
 * Phases, each owning what it names:
 * - `connecting` the first session opens
 * - `live` the session that is open
 * - `rolling` the last session was closed or lost; `next` says when the next one is opened
 * - `closed` nothing
 *
 * Invariants:
 * L1 Events of a session that is no longer the present one change nothing, but for what it cost.
 * L2 An old session is closed before its successor opens: the vendor refuses to resume one that is open.
 * L3 `MAX_LOSSES` sessions lost in a row, none of which had lasted `STABLE_MS`, are the end; each waits longer.
 * L4 A handle is offered to the model that gave it and to no other.
 * L5 A session that says that it will go, or whose connection grows old, is replaced between two turns, or when its time
 *    is up.
 * L6 When another assistant has the call, the open session takes its instructions where it can; else it gives way to one
 *    of that assistant's, and what was opening for the one before is closed as soon as it is there.
 */
import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { ModelEvent, ModelToolResult, ModelUsage } from '../../contracts/realtime-model.ts';
import type { ModelWish, OpenModel, ResumptionHandle } from './open-model.ts';

export interface ModelLinkDeps {
  openModel: (wish: ModelWish) => Promise<OpenModel>;
  /** What to open now, with the handle of the last session where there is one; models to `avoid` come last. */
  wish: (handle: ResumptionHandle | undefined, avoid: ReadonlySet<string>) => ModelWish;
  /** A session is there, told its first line if there was one: audio may flow. Its events follow. */
  onLive: (open: OpenModel, line: string | undefined) => void;
  /** It is gone; audio has to wait. `mayRepeat`: nothing that it heard is to blame, so its successor may hear it again. */
  onGone: (mayRepeat: boolean) => void;
  onEvent: (event: ModelEvent, atMs: number) => void;
  onUsage: (modelId: string, usage: ModelUsage) => void;
  /** No model is to be had any more. */
  onFailed: (why: string) => void;
  /** Asked when a session is given up; what it returns is asked for the next one's first line, if it needs any. */
  lineAfterLoss: (atMs: number) => FirstLine;
  /** Whether the call is about to end, and needs no model for that. */
  isLeaving: () => boolean;
  /** Whether a change of the model would go unnoticed now. */
  isQuiet: (atMs: number) => boolean;
  /** Runs a handler so that what it throws ends this call alone. */
  guard: (run: () => void) => void;
  nowMs: () => number;
  log: Logger;
}

/** Asked when the session is there: meanwhile there may be more to say. */
export type FirstLine = () => string | undefined;

interface Next {
  readonly line: FirstLine;
  readonly atMs: number;
  /** Whether the old session is closed. */
  isFree: boolean;
}

type Phase =
  | { readonly type: 'connecting' | 'closed' }
  | { readonly type: 'live'; readonly open: OpenModel; readonly sinceMs: number }
  | { readonly type: 'rolling'; readonly next?: Next };

const GO_AWAY_MARGIN_MS = 5000;
const OLD_MARGIN_MS = 60_000;
const STABLE_MS = 10_000;
const MAX_LOSSES = 3;
const PAUSE_PER_LOSS_MS = 400;
/** What was sent last is refused, and would be again (seen in the field with audio that is repeated on a resumed session). */
const REFUSED_CODE = 1007;

export class ModelLink {
  readonly #deps: ModelLinkDeps;
  /** Counts assistants: what was opened for an earlier one is not wanted. */
  #turn = 0;
  #phase: Phase = { type: 'connecting' };
  readonly #avoid = new Set<string>();
  #handle: ResumptionHandle | undefined;
  #rollByMs: number | undefined;
  #oldAtMs = Infinity;
  #losses = 0;

  constructor(deps: ModelLinkDeps) {
    this.#deps = deps;
  }

  /** Opens a session and tells it its first line. `warmed` is one that is open or opening already. Never rejects. */
  async open(line: FirstLine, handle: ResumptionHandle | undefined, warmed?: Promise<OpenModel>): Promise<void> {
    const { openModel, wish, guard, log, onFailed } = this.#deps;
    const turn = this.#turn;
    const isWanted = (): boolean => this.#phase.type !== 'closed' && turn === this.#turn;
    try {
      const ready = await warmed?.catch(() => undefined);
      const open = ready ?? (await openModel(wish(handle, this.#avoid)));
      if (!isWanted()) await open.model.stopSession(open.session.sessionId);
      else guard(() => this.#goLive(open, line));
    } catch (failure) {
      log.error({ reason: messageOf(failure) }, 'no model session to be had');
      if (isWanted()) onFailed('no model');
    }
  }

  /** The latest handle by which the conversation can be resumed. */
  get handle(): ResumptionHandle | undefined {
    return this.#handle;
  }

  isLive(): boolean {
    return this.#phase.type === 'live';
  }

  /** Whether another session is to take the place of the present one, or of the last one, as soon as that can be. */
  isChanging(): boolean {
    return this.#phase.type === 'rolling' || this.#rollByMs !== undefined;
  }

  /** Gives the present session up for one that works, of the same model or, where there is one, of another. */
  reopen(by: 'same-model' | 'other-model', atMs: number): void {
    if (this.#phase.type !== 'live') return;
    const { open } = this.#phase;
    this.#deps.log.warn({ modelId: open.modelId, by }, 'model session says nothing and is replaced');
    if (by === 'other-model') {
      this.#avoid.add(open.modelId);
      this.#handle = undefined;
    }
    this.#replace(open, atMs);
  }

  /** Another assistant has the call, whose first line this is. Never rejects. */
  async passOn(line: FirstLine): Promise<void> {
    const { wish, log, guard } = this.#deps;
    this.#turn += 1;
    this.#handle = undefined;
    this.#avoid.clear();
    this.#losses = 0;
    const phase = this.#phase;
    if (phase.type === 'closed') return;
    if (phase.type === 'live') {
      const { open } = phase;
      const { modelIds, config } = wish(undefined, this.#avoid);
      const canStay = modelIds[0] === open.modelId && this.#rollByMs === undefined;
      const taken = canStay && (await open.model.updateSession(open.session.sessionId, config).catch(() => false));
      if (taken && this.#phase === phase) {
        log.info({ modelId: open.modelId }, 'model session goes on with another assistant');
        return guard(() => this.#begin(open, line));
      }
      if (this.#phase === phase) void this.#letGo(open);
      else if (this.#phase.type === 'closed') return;
    }
    this.#phase = { type: 'connecting' };
    await this.open(line, undefined);
  }

  /**
   * Opens another session beside the present one, which gives way to it. `kept`: it is not to be had, or `isWanted` no more;
   * `gone`: the present one was lost meanwhile. The line is asked for when the change is certain. Never rejects.
   */
  async exchange(wish: ModelWish, line: FirstLine, isWanted: () => boolean): Promise<'exchanged' | 'kept' | 'gone'> {
    const { openModel, guard, log } = this.#deps;
    const before = this.#phase;
    if (before.type !== 'live') return 'gone';
    const isThere = (): boolean => this.#phase === before;
    try {
      const open = await openModel(wish);
      if (isThere() && isWanted()) {
        this.#handle = undefined;
        guard(() => {
          void this.#letGo(before.open);
          this.#goLive(open, line);
        });
        return 'exchanged';
      }
      await open.model.stopSession(open.session.sessionId);
    } catch (failure) {
      log.warn({ reason: messageOf(failure) }, 'no other model session to be had');
    }
    return isThere() ? 'kept' : 'gone';
  }

  /** Gives the present session up, between two turns, for one of the assistant's usual model. */
  giveBack(atMs: number): void {
    if (this.#phase.type === 'live') this.#replace(this.#phase.open, atMs);
  }

  tell(text: string): void {
    if (this.#phase.type !== 'live') return;
    const { model, session } = this.#phase.open;
    this.#send(model.sendText(session.sessionId, text));
  }

  /** The answer was cut when so much of it had been heard. */
  answerCut(heardMs: number): void {
    if (this.#phase.type !== 'live') return;
    const { model, session } = this.#phase.open;
    this.#send(model.answerCut(session.sessionId, heardMs));
  }

  /** False where there is no model to tell. */
  deliver(results: readonly ModelToolResult[]): boolean {
    if (this.#phase.type !== 'live') return false;
    const { model, session } = this.#phase.open;
    this.#send(model.sendToolResults(session.sessionId, results));
    return true;
  }

  /** Every 20 ms while it changes, else every tenth of a second. */
  tick(atMs: number): void {
    if (this.#phase.type === 'rolling') this.#openNext(this.#phase.next, atMs);
    if (atMs >= this.#oldAtMs) this.#rollByMs ??= this.#oldAtMs + OLD_MARGIN_MS - GO_AWAY_MARGIN_MS;
    if (this.#phase.type !== 'live' || this.#rollByMs === undefined) return;
    const unnoticed = this.#deps.isQuiet(atMs);
    if (!unnoticed && atMs < this.#rollByMs) return;
    this.#deps.log.info({ unnoticed }, 'model session rolls over');
    this.#replace(this.#phase.open, atMs, true);
  }

  stop(): void {
    const phase = this.#phase;
    this.#phase = { type: 'closed' };
    if (phase.type === 'live') void this.#close(phase.open);
  }

  #goLive(open: OpenModel, firstLine: FirstLine): void {
    const { model, session, memory, modelId } = open;
    const { log, nowMs, guard } = this.#deps;
    this.#phase = { type: 'live', open, sinceMs: nowMs() };
    this.#rollByMs = undefined;
    this.#oldAtMs = session.lifetimeMs === undefined ? Infinity : nowMs() + session.lifetimeMs - OLD_MARGIN_MS;
    log.info({ modelId, memory }, 'model session open');
    this.#begin(open, firstLine);
    model.onEvent(session.sessionId, (event) => guard(() => this.#handleEvent(open, event)));
  }

  #begin(open: OpenModel, firstLine: FirstLine): void {
    const line = firstLine();
    if (line !== undefined) this.tell(line);
    this.#deps.onLive(open, line);
  }

  #handleEvent(open: OpenModel, event: ModelEvent): void {
    if (event.type === 'usage') return this.#deps.onUsage(open.modelId, event.usage);
    if (this.#phase.type !== 'live' || this.#phase.open !== open) return undefined;
    const atMs = this.#deps.nowMs();
    if (event.type === 'closed') return this.#lost(open, this.#phase.sinceMs, event.code, atMs);
    if (event.type === 'goAway') {
      this.#rollByMs = atMs + Math.max(0, event.timeLeftMs - GO_AWAY_MARGIN_MS);
    } else if (event.type === 'resumption') {
      // While the model speaks or waits for a tool it names no handle: the last good one stays.
      if (event.resumable) this.#handle = { modelId: open.modelId, handle: event.handle };
    } else this.#deps.onEvent(event, atMs);
    return undefined;
  }

  #lost(open: OpenModel, sinceMs: number, code: number, atMs: number): void {
    const { log, isLeaving, onFailed } = this.#deps;
    log.warn({ code, modelId: open.modelId }, 'model session lost');
    this.#losses = atMs - sinceMs >= STABLE_MS ? 1 : this.#losses + 1;
    if (!isLeaving() && this.#losses <= MAX_LOSSES) return this.#replace(open, atMs, code !== REFUSED_CODE);
    void this.#letGo(open);
    if (!isLeaving()) onFailed('the model was lost again and again');
    return undefined;
  }

  #replace(open: OpenModel, atMs: number, mayRepeat = false): void {
    const line = this.#deps.lineAfterLoss(atMs);
    const closed = this.#letGo(open, mayRepeat);
    const next: Next = { line, atMs: atMs + PAUSE_PER_LOSS_MS * Math.max(0, this.#losses - 1), isFree: false };
    this.#phase = { type: 'rolling', next };
    void closed.then(() => {
      next.isFree = true;
    });
  }

  #openNext(next: Next | undefined, atMs: number): void {
    if (!next?.isFree || atMs < next.atMs) return;
    this.#phase = { type: 'rolling' };
    void this.open(next.line, this.#handle);
  }

  #letGo(open: OpenModel, mayRepeat = false): Promise<void> {
    this.#phase = { type: 'rolling' };
    this.#deps.onGone(mayRepeat);
    return this.#close(open);
  }

  async #close({ model, session }: OpenModel): Promise<void> {
    await model.stopSession(session.sessionId).catch((failure: unknown) => {
      this.#deps.log.warn({ reason: messageOf(failure) }, 'model session not closed');
    });
  }

  #send(sending: Promise<void>): void {
    sending.catch((failure: unknown) => {
      this.#deps.log.warn({ reason: messageOf(failure) }, 'model not told');
    });
  }
}
