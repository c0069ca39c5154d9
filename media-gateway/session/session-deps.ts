import type { Logger } from 'pino';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { GatewayRef } from '../../contracts/instructions.ts';
import type { HandoverReadiness, LeaveAnswer } from '../../contracts/messages.ts';
import type { ModelUsage } from '../../contracts/realtime-model.ts';
import type { JsonObject, ToolDefinition, ToolResult } from '../../contracts/tools.ts';
import type { Turn } from '../../contracts/turns.ts';
import type { Ticker } from '../ticker.ts';
import type { AskNet } from '../turn-taking/line-judge.ts';
import type { HeardAhead } from './caller-stream.ts';
import type { ModelWish, OpenModel } from './open-model.ts';
import type { SensitiveNews } from './sensitive-entry.ts';

/** What a session is about, as admission found it out. */
export interface SessionStart {
  readonly tenantId: string;
  readonly callId: string;
  readonly epoch: number;
  readonly nodeId: string;
  /** Which of the call's assistants it is, from 1, and when its part began on the call's clock; absent without the workflow. */
  readonly visit?: number;
  readonly visitSinceMs?: number;
  readonly assistant: AssistantVersion;
  /** Milliseconds since the call's admission, when the session starts. */
  readonly clockMs: number;
  /** The same assistant has spoken in an earlier epoch: the talk was cut and goes on. */
  readonly resumed: boolean;
  /** That epoch was given up between two turns: the caller has noticed nothing. */
  readonly unnoticed?: boolean;
  /** Up to where its gateway has heard the caller, on the call's clock. */
  readonly heardUntilMs?: number;
  /** Another assistant has spoken before. */
  readonly handedOver: boolean;
  /** The sensitive input that the caller was being asked for when the earlier epoch was lost. */
  readonly asking?: string;
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The caller's end of the stream. All of it returns at once. */
export interface SessionCarrier {
  /** Audio, and the mark that is echoed when it has been played. */
  play(mulaw: Uint8Array, mark: string): void;
  /** The caller had been making a sound for `soundMs`, where that is why. */
  clear(soundMs?: number): void;
  /** Ends the stream; the carrier then asks the API for the next step. */
  close(): void;
}

/** What an earlier epoch left behind. */
export interface Memory {
  readonly handle?: VisitHandle;
  readonly turns: readonly Turn[];
}

/** A handle belongs to the assistant who left it: `visit` says whose it is, where that is known. */
export interface VisitHandle {
  readonly handle: string;
  readonly visit?: number;
}

/** How an assistant's part ended, and which one's. */
export interface Stopped {
  readonly outcome: string;
  /** What the assistant has learnt; where the workflow cannot be told it is lost. */
  readonly data?: JsonObject;
  readonly visit?: number;
  readonly lastSeq: number;
}

/** What the session tells the rest of the world about one call, bound to that call. Promises may reject where not said otherwise. */
export interface CallLine {
  readMemory(): Promise<Memory>;
  writeTurns(turns: readonly Turn[]): Promise<void>;
  storeHandle(handle: VisitHandle): Promise<void>;
  /** Tells the call's workflow; false where it could not be told in time. */
  tellStopped(stopped: Stopped): Promise<boolean>;
  /** The same, and asks what follows; undefined where there was no answer in time. */
  askNext(stopped: Stopped & { visit: number; mayGoOn: boolean }): Promise<LeaveAnswer | undefined>;
  /** Where the workflow cannot be told: whence the API reads it. */
  storeOutcome(stopped: Pick<Stopped, 'outcome' | 'visit'>): Promise<void>;
  checkpoint(lastSeq: number): Promise<unknown>;
  /** Tells the call's workflow of a sensitive input; false where it could not be told in time. */
  sensitiveEntry(entry: SensitiveNews & { visit: number }): Promise<boolean>;
  /** Has the caller heard by the gateway that is to follow; undefined where there was no answer in time. */
  prepareHandover(successor: GatewayRef): Promise<HandoverReadiness | undefined>;
  /**
   * Tells the call's workflow that the caller will not notice the change of gateways that comes, and up to where on the
   * call's clock he was heard.
   */
  handOver(lastSeq: number, heardUntilMs: number | undefined): Promise<unknown>;
  /** Totals so far; a later call replaces what an earlier one wrote. */
  writeCosts(usage: ReadonlyMap<string, ModelUsage>): Promise<void>;
  /** Never rejects. */
  runTool(call: { functionCallId: string; tool: ToolDefinition; args: JsonObject }): Promise<ToolResult>;
}

export interface SessionDeps {
  /** Monotonic. */
  nowMs: () => number;
  ticker: Ticker;
  openModel: (wish: ModelWish) => Promise<OpenModel>;
  connectTimeoutMs: number;
  /** The network that tells voices from noise; absent: it is done without. */
  askNet?: AskNet | undefined;
  line: CallLine;
  /** What the caller said before his stream began. */
  ahead?: HeardAhead | undefined;
  /** Turns that will never be stored: `no-room`, more waited than may; `call-over`, storage was away to the end. */
  onTurnsLost?: ((why: 'no-room' | 'call-over', turns: number) => void) | undefined;
  log: Logger;
  /** Everything of the call has been brought to where it belongs, or given up. */
  onEnded: () => void;
}
