import type { Account } from './accounts.ts';
import type { FormFields } from './form-fields.ts';
import type { ForkedStream } from './forked-streams.ts';
import type { LineSound } from './line-sound.ts';
import { Line } from './line.ts';
import type { ScriptedCaller, Utterance } from './scripted-caller.ts';
import { newSid } from './sids.ts';
import type { StreamViolation } from './stream-validator.ts';
import type { Ticker } from './ticker.ts';

export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type CallDirection = 'inbound' | 'outbound-api' | 'outbound-dial';
export type ProgressEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

/** Something that happened on a call, in milliseconds from the call's zero. */
export interface TimelineEvent {
  atMs: number;
  kind: string;
  [detail: string]: unknown;
}

/** A fault that the network reports to its customer, by error code. */
export interface Alert {
  atMs: number;
  code: number;
  message: string;
}

/** A request made to the customer's server for this call. */
export interface WebhookEntry {
  atMs: number;
  purpose: string;
  url: string;
  method: string;
  fields: FormFields;
  status?: number | undefined;
  errorCode?: number | undefined;
  latencyMs: number;
  attempts: number;
  body?: string;
}

export interface StatusCallback {
  url: string;
  method: 'GET' | 'POST';
  events: ReadonlySet<ProgressEvent>;
}

export interface NewCall {
  account: Account;
  from: string;
  to: string;
  direction: CallDirection;
  status: CallStatus;
  parentCallSid?: string;
  phoneNumberSid?: string;
  statusCallback?: StatusCallback | undefined;
  fallback?: { url: string; method: 'GET' | 'POST' } | undefined;
  switches?: readonly string[];
  /** What the person's line adds to his voice. */
  sound?: LineSound | undefined;
  timeLimitMs?: number;
  createdAt: Date;
}

const ENDED: readonly CallStatus[] = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];
const DEFAULT_TIME_LIMIT_MS = 4 * 60 * 60 * 1000;

/**
 * One leg of a call: its state, its line, and the record of all that happened on it. The exchange moves it from phase
 * to phase; a call that has ended never changes its status again.
 */
export class Call {
  readonly sid = newSid('CA');
  readonly account: Account;
  readonly from: string;
  readonly to: string;
  readonly direction: CallDirection;
  readonly parentCallSid: string | undefined;
  readonly phoneNumberSid: string | undefined;
  readonly createdAt: Date;
  readonly line: Line;
  readonly switches: ReadonlySet<string>;
  status: CallStatus;
  statusCallback: StatusCallback | undefined;
  fallback: { url: string; method: 'GET' | 'POST' } | undefined;
  timeLimitMs: number;
  caller: ScriptedCaller | undefined;
  answeredAt: Date | undefined;
  answeredAtMs: number | undefined;
  endedAt: Date | undefined;
  endedAtMs: number | undefined;
  answeredBy: string | undefined;
  /** When the machine that took the call has beeped, on its line. */
  beepEndMs: number | undefined;
  sipResponseCode: string | undefined;
  updatedAt: Date;

  readonly timeline: TimelineEvent[] = [];
  readonly alerts: Alert[] = [];
  readonly violations: (StreamViolation & { atMs: number })[] = [];
  readonly webhooks: WebhookEntry[] = [];
  readonly saidPhrases: Utterance[] = [];
  readonly faults: string[] = [];
  readonly childSids: string[] = [];
  /** Traps of `switches` that have sprung. */
  readonly sprung = new Set<string>();
  readonly digitListeners = new Set<(digit: string) => void>();
  /** Who is told of each timeline event as it happens. */
  readonly followers = new Set<(event: TimelineEvent) => void>();
  /** The execution of TwiML that is under way on this leg. */
  run: { controller: AbortController; done: Promise<unknown> } | undefined;
  /** Live injections for the media stream that is open now, if any. */
  streamControls: StreamControls | undefined;
  /** The unidirectional streams that listen to this leg, by their ids. */
  readonly forks = new Map<string, ForkedStream>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #ended = Promise.withResolvers<void>();

  constructor(call: NewCall, ticker: Ticker) {
    this.account = call.account;
    this.from = call.from;
    this.to = call.to;
    this.direction = call.direction;
    this.status = call.status;
    this.parentCallSid = call.parentCallSid;
    this.phoneNumberSid = call.phoneNumberSid;
    this.statusCallback = call.statusCallback;
    this.fallback = call.fallback;
    this.switches = new Set(call.switches);
    this.timeLimitMs = call.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
    this.createdAt = call.createdAt;
    this.updatedAt = call.createdAt;
    this.line = new Line(ticker, call.sound);
  }

  get hasEnded(): boolean {
    return ENDED.includes(this.status);
  }

  /** Whether the call was placed with this trap; asked at its moment, so that it has sprung then. */
  springs(trap: string): boolean {
    if (!this.switches.has(trap)) return false;
    this.sprung.add(trap);
    return true;
  }

  note(kind: string, detail: Record<string, unknown> = {}): void {
    const event = { atMs: this.line.nowMs, kind, ...detail };
    this.timeline.push(event);
    for (const follower of this.followers) follower(event);
  }

  alert(code: number, message: string): void {
    this.alerts.push({ atMs: this.line.nowMs, code, message });
    this.note('alert', { code, message });
  }

  fault(fault: string): void {
    this.faults.push(fault);
    this.note('fault', { fault });
  }

  /** A key was pressed by this call's person. */
  pressDigit(digit: string): void {
    this.note('dtmf', { digit });
    for (const listener of this.digitListeners) listener(digit);
  }

  /** Keeps the call unsettled until the work is done. */
  track(work: Promise<unknown>): void {
    const kept: Promise<unknown> = Promise.allSettled([work]).then(() => this.#pending.delete(kept));
    this.#pending.add(kept);
  }

  markEnded(): void {
    this.#ended.resolve();
  }

  /** Resolves when the call has ended. */
  async ended(): Promise<void> {
    await this.#ended.promise;
  }

  /** Resolves when the call has ended and everything that it owed its customer was delivered. */
  async settled(): Promise<void> {
    await this.#ended.promise;
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }
}

export interface StreamControls {
  streamSid: string;
  dropFrames: (count: number) => void;
  killSocket: () => void;
  openSecondSocket: () => void;
}
