/** What a call's workflow knows; small, since every message is answered from it. */
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
import type { DialFailure } from '../../contracts/dial-failure.ts';
import type { Decision, FlowState } from '../../contracts/flow/state.ts';
import type { Order, Question } from '../../contracts/flow/effects.ts';
import type { AssistantInstruction, CallAnswer, GatewayRef, Instruction } from '../../contracts/instructions.ts';
import type {
  AnsweredBy,
  CallState,
  CarrierStatusName,
  LegEnded,
  MediaStopped,
  ToolFinished,
} from '../../contracts/messages.ts';
import type { NodeTerms } from './assistant-at-node.ts';
import type { Happened } from './flow-step.ts';
import type { RecordingWish } from './recording-wish.ts';

/** One stay of the flow at an assistant node. An epoch is one attempt to stream it, or streams several after each other. */
export interface Visit {
  /** Counted over the whole call, from 1. */
  number: number;
  sinceMs: number;
  nodeId: string;
  assistantId: string;
  assistantVersionId: string;
  /** What its node sets for it. */
  terms?: NodeTerms;
  gateway: GatewayRef;
  /** The stream that this epoch accepted. */
  stream?: { epoch: number; streamId: string; gatewayId: string; sinceMs: number };
  /** The visits before it on the same stream. */
  before: number;
  /** Whether an epoch of this visit has streamed. */
  spoken: boolean;
  /** How the gateway says that this epoch ended. */
  stopped?: MediaStopped;
  deathsAtMs: readonly number[];
  /** The gateway of this epoch gives it up, or has given up the last one, between two turns. */
  handover?: 'announced' | 'done';
  /** Who takes the next epoch once it is handed over, and whether he hears the caller already. */
  successor?: { gateway: GatewayRef; hears: boolean };
  /** With a handover: up to where the caller was heard, on the call's clock. */
  heardUntilMs?: number;
  /** The sensitive input that the caller is being asked for. */
  asking?: string;
  /** The caller may be typing such an input still, although nobody waits for it. */
  typesOn?: true | undefined;
  /** The carrier is told to end the stream of this epoch: its gateway does not answer. */
  isMoving?: true;
}

/** A node of the flow that the call has left, for operators. */
export interface WalkedNode extends Pick<Decision, 'nodeId' | 'nodeType' | 'outcome' | 'atMs'> {
  subflow?: string;
}

/** What the flow has asked somebody else, and the carrier waits for. */
export interface OpenQuestion {
  asked: Question;
  sinceMs: number;
  /** What the flow wanted said before; the carrier gets it with the next answer. */
  said: readonly Instruction[];
  /** How often the carrier was told to hold the caller. */
  holds: number;
  /** Until when the carrier is busy with what it was told last, as far as that is known. */
  heldUntilMs?: number;
  /** It goes into the flow when the carrier asks. */
  answer?: Happened;
}

/** A step of the ledger with its place in the call, from 1, which names its row. */
export interface NumberedDecision extends Decision {
  index: number;
}

export interface CoreState {
  phase: CallState['phase'];
  flow: FlowState;
  epoch: number;
  answer?: CallAnswer;
  visit?: Visit;
  /** Visits so far. */
  visits: number;
  /** Whether any assistant of this call has spoken. */
  spoken: boolean;
  /** An assistant that no gateway could take yet, and how often the carrier was told to wait a moment for one. */
  gatewayWait?: { instruction: AssistantInstruction; asked: number };
  /** How the leg of the last `dial` ended, where the carrier has told. */
  leg?: LegEnded;
  question?: OpenQuestion;
  /** What the flow wants recorded. */
  recording: RecordingWish;
  /** What nobody waits for and is not begun yet. */
  orders: readonly Order[];
  /** What is left of the degraded plan once the carrier asks again. */
  degradedRest?: DegradedPlan;
  /** Zero of the call's clock. */
  admittedAtMs?: number;
  /** When the caller was seen to have gone, or was told goodbye. */
  leavingAtMs?: number;
  callerHungUp: boolean;
  lastSeq: number;
  /** The carrier's own id of the call; empty until it has dialled. */
  carrierCallId: string;
  carrierSequence: number;
  carrierEnd?: { status: CarrierStatusName; atMs: number; durationS?: number };
  outcome?: string;
  /** The tenant has asked for the end of the call. */
  isWithdrawn?: true;
  /** Who took a call that we placed, as the carrier found out. */
  answeredBy?: AnsweredBy;
  /** Why the outcome is `failed`, where we placed the call. */
  failure?: DialFailure;
  /** What callers typed for the flow alone, by name: shown in no answer, decision, view or instruction. */
  sensitive: Readonly<Record<string, string>>;
  tools: readonly ToolFinished[];
  /** Of streams that are over. */
  streamedMs: number;
  /** The last nodes that it came through. */
  walked: readonly WalkedNode[];
  /** Not yet recorded. */
  decisions: readonly NumberedDecision[];
  /** Decisions made so far, recorded or not. */
  decided: number;
}
