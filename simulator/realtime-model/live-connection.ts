import type { Scenario } from '../scenarios/scenario.ts';
import type { Setup } from './check-setup.ts';
import type { Conversation } from './conversation.ts';
import type { Delays } from './delays.ts';
import type { Hearing } from './hearing.ts';
import type { AsksToSpeak } from './mind.ts';
import type { TrapSet } from './model-traps.ts';
import type { Outgoing } from './outgoing.ts';
import type { Refusal } from './refusal.ts';
import type { ResumptionStore } from './resumption.ts';
import type { SessionRecord } from './session-record.ts';
import type { SessionTraps } from './session-traps.ts';
import type { Context } from './usage.ts';

/** The socket as the session uses it. */
export interface Wire {
  send(frame: Buffer): void;
  close(code: number, reason: string): void;
  /** Breaks the connection without a close frame. */
  break(): void;
  /** Leaves the connection open and reads nothing from it any more. */
  hang(): void;
}

export interface LiveSessionOptions {
  readonly record: SessionRecord;
  readonly scenario: Scenario;
  readonly traps: TrapSet;
  readonly resumption: ResumptionStore;
  readonly wire: Wire;
  readonly random: () => number;
  readonly newId: () => string;
  /** Called for whatever the real server would refuse. */
  readonly onViolation: (detail: string) => void;
}

/** What stands once the setup was taken. */
export interface Live {
  readonly setup: Setup;
  readonly hearing: Hearing;
  readonly conversation: Conversation;
}

/** What the parts of a session share: the connection's means, and what is known so far. */
export interface LiveConnection extends LiveSessionOptions {
  readonly delays: Delays;
  readonly outgoing: Outgoing;
  readonly sessionTraps: SessionTraps;
  /** 1006 breaks the connection without a close frame. */
  readonly close: (code: number, reason: string, detail?: string) => void;
  readonly refuse: (refusal: Refusal) => void;
  nowMs: number;
  live: Live | undefined;
  /** Nothing goes either way any more although the connection is open. */
  silent: boolean;
  context: Context;
  /** What was said, by either side, as far as the session has heard, spoken or been told it. */
  known: string;
  /** When the first connection of the session was opened. */
  startedAtMs: number;
  hasSpoken: boolean;
  /** What the next message of the client that asks the model to speak would be. */
  asks: AsksToSpeak | undefined;
}
