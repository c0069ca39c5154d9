/**
 * One call's live half, from the carrier's stream to what is stored of it: holds the stream, the talk (`session-talk.ts`)
 * and storage together.
 *
 * Phases: `open` from the first moment, the model's own phases inside it (`model-link.ts`) -> `leaving`, while the call says
 * what follows -> `open` again with the next assistant, or `closed`, when what is left is brought to storage.
 *
 * Invariants:
 * S1 `#finish` runs once, and every path out of the session leads through it.
 * S2 An exception in any handler ends this call and no other, without an outcome: the carrier then asks anew.
 * S3 The stream is closed only after the outcome was told or stored, or the time for that was up.
 * S4 Only the call's own answer lets another assistant take the stream. Without it the stream ends, as it does for every
 *    other outcome; whether or not the call had taken it, it goes on with the next question of the carrier.
 */
import type { GatewayCommand } from '../../contracts/gateway.ts';
import type { GatewayRef } from '../../contracts/instructions.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { dtmfTones } from '../audio/dtmf-tones.ts';
import { createCallerStream, type CallerStream } from './caller-stream.ts';
import { type Farewell, sayFarewell } from './farewell.ts';
import type { OpenModel } from './open-model.ts';
import { createSessionBooks, type SessionBooks } from './session-books.ts';
import type { SessionCarrier, SessionDeps, SessionStart } from './session-deps.ts';
import { createSessionDrain } from './session-drain.ts';
import { askSuccessor } from './successor.ts';
import { SessionTalk } from './session-talk.ts';
import { createTurnWriter, type TurnWriter } from './turn-writer.ts';
import { within } from './within.ts';

const NEXT_WITHIN_MS = 1000;
/** What needs no better time than a tenth of a second would cost as much as the audio, fifty times a second. */
const ROUND_TICKS = 5;

type Ending = Pick<Farewell, 'outcome' | 'data' | 'told' | 'isHandover' | 'heardUntilMs'>;

export class CallSession {
  readonly #start: SessionStart;
  readonly #carrier: SessionCarrier;
  readonly #deps: SessionDeps;
  readonly #talk: SessionTalk;
  readonly #writer: TurnWriter;
  readonly #books: SessionBooks;
  readonly #callerStream: CallerStream;
  readonly #draining = createSessionDrain();
  readonly #stopTicking: () => void;
  #ticks = 0;
  /** Something has happened or goes on by itself: the talk is looked at in every tick, and else ten times a second. */
  #isInMotion = true;
  #phase: 'open' | 'leaving' | 'closed' = 'open';
  /** The stream was lost while the call was asked what follows. */
  #isStreamLost = false;

  /** Starts at once. `warmed` is a model session that is open or opening for this very epoch. */
  constructor(start: SessionStart, carrier: SessionCarrier, deps: SessionDeps, warmed?: Promise<OpenModel>) {
    this.#start = start;
    this.#carrier = carrier;
    this.#deps = deps;
    const { line, onTurnsLost, log } = deps;
    const startedMs = deps.nowMs();
    this.#writer = createTurnWriter({
      write: (turns) => line.writeTurns(turns),
      onLost: (lost) => onTurnsLost?.('no-room', lost),
      log,
    });
    this.#talk = new SessionTalk({
      start,
      carrier,
      session: deps,
      phase: () => this.#phase,
      onUsage: (modelId, usage) => this.#books.used(modelId, usage),
      leave: (outcome, data) => void this.#leave(outcome, data),
      giveUp: (why) => void this.#finish(why, { outcome: 'failed' }),
      guard: (run) => this.#guard(run),
    });
    this.#books = createSessionBooks({
      line,
      handle: () => this.#talk.handleForNext(),
      lastSeq: () => this.#talk.keeper.lastSeq(),
      startedMs,
      log,
    });
    this.#callerStream = createCallerStream(
      (mulaw, endMs, atMs) => this.#talk.part.conversation.callerAudio(mulaw, endMs, atMs),
      deps.ahead,
    );
    this.#stopTicking = deps.ticker.add((atMs) => this.#tick(atMs));
    void this.#talk.connect(warmed);
  }

  get epoch(): number {
    return this.#start.epoch;
  }

  /** A frame of the caller, as its message came. The audio is read before this returns. */
  media(timestampMs: number, mulaw: Uint8Array, arrivedMs?: number): void {
    try {
      const atMs = this.#deps.nowMs();
      if (this.#phase !== 'closed') this.#callerStream.media(timestampMs, mulaw, arrivedMs ?? atMs, atMs);
    } catch (thrown) {
      this.#fault(thrown);
    }
  }

  mark(name: string): void {
    this.#guard(() => this.#talk.voice.markEchoed(name, this.#deps.nowMs()));
  }

  digit(digit: string): void {
    this.#guard(() => this.#talk.part.conversation.callerDigit(digit, this.#deps.nowMs()));
  }

  /** The caller has hung up. */
  callerGone(): void {
    void this.#finish('caller hung up', { outcome: 'callerHungUp' });
  }

  /** The stream is gone without a word: the carrier asks the API, and the call goes on in another epoch. */
  streamLost(code: number): void {
    if (this.#phase === 'leaving') this.#isStreamLost = true;
    else void this.#finish(`stream closed with ${code}`);
  }

  command(command: GatewayCommand): void {
    this.#guard(() => {
      const atMs = this.#deps.nowMs();
      const { conversation } = this.#talk.part;
      if (command.type === 'play') conversation.say(command.text);
      else if (command.type === 'dtmf') this.#talk.voice.play(dtmfTones(command.digits), atMs);
      else conversation.leave(command.outcome, atMs);
    });
  }

  /**
   * Gives the call up at the next turn boundary, at the latest after `withinMs`, so that it moves to another gateway; where
   * it is known to which, that one hears the caller before, unless the assistant is taking leave of him. Resolves when it
   * does, or will not.
   */
  async drain(withinMs: number, successor?: GatewayRef): Promise<void> {
    const { nowMs, line, log } = this.#deps;
    this.#draining.begin(nowMs() + withinMs);
    if (successor && !this.#talk.part.conversation.isLeaving())
      await this.#draining.awaitSuccessor(askSuccessor(line, successor, log), nowMs);
  }

  #tick(atMs: number): void {
    try {
      this.#callerStream.tick(atMs);
      this.#ticks += 1;
      const isRound = this.#ticks % ROUND_TICKS === 0;
      if (!isRound && !this.#isInMotion) return;
      this.#talk.tick(atMs, this.#phase === 'open');
      if (isRound && this.#phase !== 'closed') this.#round(atMs);
      this.#isInMotion = this.#talk.isInMotion();
    } catch (thrown) {
      this.#fault(thrown);
    }
  }

  #round(atMs: number): void {
    this.#talk.part.conversation.round(atMs);
    this.#putDown(atMs);
    if (this.#phase !== 'open') return;
    this.#talk.round(atMs);
    if (this.#draining.isUnderWay()) this.#giveUpAtPause(atMs);
  }

  #putDown(atMs: number): void {
    this.#writer.add(this.#talk.keeper.takeChanged());
    this.#writer.tick(atMs);
    this.#books.tick(atMs);
  }

  #giveUpAtPause(atMs: number): void {
    const due = this.#draining.due({
      atMs,
      quietSinceMs: this.#talk.part.conversation.quietSince(),
      isAtPause: () => this.#talk.isAtPause(atMs),
    });
    if (!due) return;
    const isHandover = due === 'at-pause' && this.#talk.said() > 0;
    void this.#finish('gateway drains', { isHandover, heardUntilMs: this.#talk.heardUntil(atMs) });
  }

  /** The assistant's part is over: the next one goes on where the call says so, else the stream ends. */
  async #leave(outcome: string, data?: JsonObject): Promise<void> {
    const why = 'assistant left its node';
    const { visit } = this.#talk.part;
    if (visit === undefined || outcome === 'failed') return this.#finish(why, { outcome, data });
    if (this.#phase !== 'open') return undefined;
    this.#phase = 'leaving';
    this.#guard(() => this.#talk.hush());
    const { line, log } = this.#deps;
    const stopped = { outcome, visit, lastSeq: this.#talk.keeper.lastSeq(), ...(data && { data }) };
    const mayGoOn = !this.#draining.isUnderWay();
    const asking = line.askNext({ ...stopped, mayGoOn }).catch((failure: unknown) => {
      log.warn({ outcome, err: failure }, 'the call could not be asked what follows');
      return undefined;
    });
    const answer = await within(asking, NEXT_WITHIN_MS, undefined);
    if (answer?.next !== 'assistant') return this.#finish(why, { outcome, data, told: answer ? 'told' : 'unanswered' });
    if (this.#isStreamLost) return this.#finish('stream lost');
    return this.#guard(() => {
      if (this.#phase !== 'leaving') return; // the caller has gone meanwhile
      this.#talk.takeUp(answer);
      this.#phase = 'open';
    });
  }

  /** `ending` is empty where the stream ends without a word, and the carrier asks anew. */
  async #finish(why: string, ending: Ending = {}): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    const { log, line, onTurnsLost, onEnded } = this.#deps;
    const { keeper, part } = this.#talk;
    log.info({ outcome: ending.outcome, why }, 'session ends');
    this.#stopTicking();
    this.#callerStream.close();
    try {
      this.#talk.close();
      this.#writer.add(keeper.takeChanged());
    } catch (thrown) {
      log.error({ err: thrown }, 'the last turns could not be told');
    }
    this.#books.close();
    const closeStream = (): void => this.#carrier.close();
    const whose = part.visit === undefined ? {} : { visit: part.visit };
    await sayFarewell({
      ...ending,
      ...whose,
      lastSeq: keeper.lastSeq(),
      writer: this.#writer,
      line,
      onTurnsLost,
      log,
      closeStream,
    });
    onEnded();
  }

  #guard(run: () => void): void {
    this.#isInMotion = true;
    try {
      run();
    } catch (thrown) {
      this.#fault(thrown);
    }
  }

  #fault(thrown: unknown): void {
    this.#deps.log.error({ err: thrown }, 'call session failed');
    void this.#finish('fault');
  }
}
