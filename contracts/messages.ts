/** Workflow names, argument types and message definitions. Clients start workflows by name and never import them. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AssistantVersion } from './assistant.ts';
import type { ContactTool } from './contact-tool.ts';
import type { DegradedPlan } from './degraded-plan.ts';
import type { CompiledFlow } from './flow/compiled.ts';
import type { GatewayCommand } from './gateway.ts';
import type { CallAnswer, GatewayRef } from './instructions.ts';
import type { JsonObject, ToolStatus } from './tools.ts';
import type { MachineDetection, VoiceControlEvent } from './voice-provider.ts';

export const workflowNames = {
  call: 'callWorkflow',
  toolCall: 'toolCallWorkflow',
  toolLogSweep: 'toolLogSweepWorkflow',
  webhookDelivery: 'webhookDeliveryWorkflow',
  gatewayLease: 'gatewayLeaseWorkflow',
} as const;

/** A published flow with all that a call in flight needs of it; travels as start argument. */
export interface PublishedFlow {
  flowId: string;
  flowVersionId: string;
  version: number;
  compiled: CompiledFlow;
  /** By assistant id: the versions that were live when the call was admitted. */
  assistants: Readonly<Record<string, AssistantVersion>>;
}

export interface CarrierRef {
  provider: 'twilio';
  accountId: string;
  /** The carrier's own id of the call; for outbound calls known after dialling. */
  carrierCallId: string;
}

/** Start argument of `callWorkflow`. Everything in it is encoded by the payload codec. */
export interface CallInput {
  tenantId: string;
  callId: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  carrier: CarrierRef;
  flow: PublishedFlow;
  degradedPlan: DegradedPlan;
  language: string;
  /** Private `host:port` addresses that this tenant's tools may reach. */
  allowedPrivateHosts: readonly string[];
  /** Asked before the flow begins; its answer fills `contact.*`. */
  contactTool?: ContactTool;
  /** Outbound only: present when the workflow itself dials. */
  dial?: DialPlan;
}

/** How a call is dialled, and what happens where a machine answers it. */
export interface DialPlan {
  idempotencyKey: string;
  timeoutS: number;
  /** `off` unless said. */
  machineDetection?: MachineDetection;
  /** A machine gets the flow's `voicemailMessage`, where it has one, unless said. */
  onVoicemail?: 'hang-up' | 'leave-message';
}

export interface AdmitInput {
  /** The gateway the API picked, if any is up. */
  gateway?: GatewayRef;
  /** Outbound only: the carrier's id of the call, which its answer to our request may have failed to tell. */
  carrierCallId?: string;
  /** Outbound only: what the carrier took the other side for, where it was asked to look. */
  answeredBy?: AnsweredBy;
}

/** Who took a call of ours. Whom the carrier cannot tell is treated as a person. */
export type AnsweredBy = 'human' | 'machine' | 'fax' | 'unknown';

/** What the carrier found out while the call went on. */
export interface Detection {
  answeredBy: AnsweredBy;
  /** The machine's beep was heard: it is certainly none that could be a person, and it records from now on. */
  heardBeep: boolean;
}

/** What the carrier reported with its question, in no carrier's words. */
export type CarrierEvent =
  | { type: 'done' }
  | { type: 'digits'; digits: string }
  | { type: 'speech'; text: string }
  /** `outcome`: as the gateway stored it when the call's workflow could not be told, and of which visit it is. */
  | { type: 'streamEnded'; outcome?: string; visit?: number }
  | { type: 'dialEnded'; status: 'completed' | 'busy' | 'no-answer' | 'declined' | 'failed' | 'canceled' }
  | { type: 'voicemailLeft'; recordingId?: string; durationS: number };

export interface ProceedInput {
  /** The answer that the carrier has carried out. */
  number: number;
  event: CarrierEvent;
  gateway?: GatewayRef;
  /** The gateway is the one that held the stream which has just ended: where it died, its row may not show it yet. */
  isSuspect?: boolean;
}

/** How the leg of a `dial` ended, as the carrier tells it apart from the end of the dialling. */
export interface LegEnded {
  /** The answer that dialled. */
  number: number;
  declined: boolean;
}

export interface AttachInput {
  epoch: number;
  streamId: string;
  gatewayId: string;
}

export type AttachAnswer =
  | {
      accepted: true;
      /** Milliseconds since admission, now. */
      clockMs: number;
      /** The same moment on Temporal's clock, milliseconds since 1970; absent from older workflows. */
      atMs?: number;
      nodeId: string;
      /** Which stay of the call at an assistant's node this is, counted from 1. */
      visit: number;
      /** When that visit began, in milliseconds since admission. */
      visitSinceMs: number;
      assistant: AssistantVersion;
      /** Whether an earlier epoch of this visit has spoken: the conversation was cut and goes on. */
      resumed: boolean;
      /** The earlier epoch was given up between two turns: the caller has noticed nothing. */
      unnoticed?: boolean;
      /** Up to where its gateway has heard the caller, in milliseconds since admission: that he was quiet then is certain. */
      heardUntilMs?: number;
      /** Whether an earlier assistant of this call has spoken; what was said is in the transcript. */
      handedOver: boolean;
      allowedPrivateHosts: readonly string[];
      /** The sensitive input that the caller was being asked for when an earlier epoch was lost. */
      asking?: string;
      /** What the caller typed and other variables of the flow, for the model's instruction. */
      vars: Readonly<Record<string, unknown>>;
    }
  | { accepted: false; reason: 'stale-epoch' | 'not-streaming' | 'taken' };

export interface AdoptInput {
  /** Why the call runs without its workflow. */
  reason: 'temporal-unavailable';
  /** Seconds the call had been going when it was adopted. */
  ageS: number;
}

export interface MediaStopped {
  epoch: number;
  /** The visit that is over; absent where the gateway does not know it: then it is the epoch's latest. */
  visit?: number;
  /** An outcome of the assistant's node, or `callerHungUp`. */
  outcome: string;
  /** What the assistant has learnt, where its node wants to know. */
  data?: JsonObject;
  lastSeq: number;
  detail?: string;
}

export interface AssistantLeft extends MediaStopped {
  visit: number;
  /** Whether the gateway could go on with another assistant on the same stream. */
  mayGoOn: boolean;
}

/** What follows an assistant's leaving: the carrier ends the stream and asks, or the next assistant goes on in it. */
export type LeaveAnswer =
  | { next: 'carrier' }
  | {
      next: 'assistant';
      nodeId: string;
      visit: number;
      assistant: AssistantVersion;
      vars: Readonly<Record<string, unknown>>;
    };

/** A caller is asked for a sensitive input, gives it, or does not. */
export type SensitiveEntry = { epoch: number; visit: number; name: string } &
  /** `typing`: he types although it has failed, until it is `over`. */
  (
    | { state: 'asked' | 'failed' | 'typing' | 'over' }
    /** `typesOn`: he may type more than was wanted, until it is `over`. */
    | { state: 'given'; digits: string; typesOn?: true }
  );

/** Start argument of `gatewayLeaseWorkflow`. */
export interface GatewayLeaseInput {
  gatewayId: string;
}

/** A suspicion, not a death: a lease also ends when Temporal itself was away. */
export interface GatewayLost {
  gatewayId: string;
  /** The one in which that gateway held the call. */
  epoch: number;
}

export interface Checkpoint {
  epoch: number;
  lastSeq: number;
  /** The gateway gives this epoch up between two turns: the next one need not excuse itself. */
  isHandover?: boolean;
  /** With a handover: up to where the caller was heard, in milliseconds since admission, at a moment when he was quiet. */
  heardUntilMs?: number;
}

/** A gateway that drains will give its call up at the next lull: the caller's audio is to be forked to whoever follows. */
export interface HandoverPlan {
  /** The one that will end. */
  epoch: number;
  successor: GatewayRef;
}

/** Whether the successor hears the caller already: then the call may change hands whenever nobody speaks. */
export type HandoverReadiness =
  | { ready: true }
  /** The call is not in that epoch; the carrier, or whoever asks it, does not fork; the fork did not reach the successor. */
  | { ready: false; reason: 'not-streaming' | 'not-forked' | 'not-heard' };

/** The gateway hears the caller, whose next epoch is to be its own. */
export interface ForkHeard {
  /** The one to come. */
  epoch: number;
  gatewayId: string;
}

export const carrierStatuses = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type CarrierStatusName = (typeof carrierStatuses)[number];

export interface CarrierStatus {
  status: CarrierStatusName;
  sequence: number;
  durationS?: number;
  /** Outbound only: the carrier's id of the call. */
  carrierCallId?: string;
  /** The dialled party declined, which the carrier's status calls busy. */
  rejected?: boolean;
  /** Outbound only: how the called network answered, such as 404. */
  sipCode?: number;
  /** Outbound only, with the end of a call: told again, in case that the call was never told. */
  answeredBy?: AnsweredBy;
}

export interface ToolFinished {
  functionCallId: string;
  name: string;
  status: ToolStatus;
  latencyMs: number;
}

/** What a tenant's program may do to a call of its own from outside its flow. */
export type CallControl = Extract<VoiceControlEvent, { type: 'play' | 'dtmf' | 'hangUp' }>;

/** `refused`: by an error code of the product's table, such as `call-ended`. */
export type ControlAnswer = { type: 'done' } | { type: 'refused'; code: string };

/** Where a call stands; the answer of the query and of tests. */
export interface CallState {
  phase: 'new' | 'dialling' | 'admitted' | 'streaming' | 'carrier' | 'degraded' | 'adopted' | 'ended';
  epoch: number;
  answerNumber: number;
  nodeId?: string;
  gatewayId?: string;
  outcome?: string;
  tools: readonly ToolFinished[];
}

/** What `callWorkflow` returns. */
export interface CallResult {
  outcome: string;
  durationMs: number;
  epochs: number;
}

export const admit = defineUpdate<CallAnswer, [AdmitInput], 'admit'>('admit');
/** Update id: `n-<number>`. */
export const proceed = defineUpdate<CallAnswer, [ProceedInput], 'proceed'>('proceed');
/** Update id: the carrier's stream id. */
export const attach = defineUpdate<AttachAnswer, [AttachInput], 'attach'>('attach');
/** Update id: `left-<epoch>-<visit>`. */
export const assistantLeft = defineUpdate<LeaveAnswer, [AssistantLeft], 'assistantLeft'>('assistantLeft');
/** Update id: `adopt`. Works in every phase. */
export const adopt = defineUpdate<void, [AdoptInput], 'adopt'>('adopt');
/** Sends a command to the gateway that holds the call. Update id: the command's id. */
export const command = defineUpdate<'done' | 'gateway-lost' | 'not-streaming', [GatewayCommand], 'command'>('command');

/** Update id: the event's id, or `hang-up`. */
export const control = defineUpdate<ControlAnswer, [CallControl], 'control'>('control');

/** Update id: `handover-<epoch>`. */
export const prepareHandover = defineUpdate<HandoverReadiness, [HandoverPlan], 'prepareHandover'>('prepareHandover');

export const mediaStopped = defineSignal<[MediaStopped], 'mediaStopped'>('mediaStopped');
export const forkHeard = defineSignal<[ForkHeard], 'forkHeard'>('forkHeard');
export const sensitiveEntry = defineSignal<[SensitiveEntry], 'sensitiveEntry'>('sensitiveEntry');
export const gatewayLost = defineSignal<[GatewayLost], 'gatewayLost'>('gatewayLost');
export const checkpoint = defineSignal<[Checkpoint], 'checkpoint'>('checkpoint');
export const carrierStatus = defineSignal<[CarrierStatus], 'carrierStatus'>('carrierStatus');
export const legEnded = defineSignal<[LegEnded], 'legEnded'>('legEnded');
/** Outbound only: from asynchronous machine detection. */
export const detection = defineSignal<[Detection], 'detection'>('detection');
export const toolFinished = defineSignal<[ToolFinished], 'toolFinished'>('toolFinished');

export const callState = defineQuery<CallState, [], 'callState'>('callState');
/** Digits that the caller typed under this name, for the tool that needs them; the query leaves nothing in the history. */
export const sensitiveInput = defineQuery<string | undefined, [string], 'sensitiveInput'>('sensitiveInput');

export const proceedUpdateId = (number: number): string => `n-${number}`;
export const leftUpdateId = ({ epoch, visit }: { epoch: number; visit: number }): string => `left-${epoch}-${visit}`;
export const handoverUpdateId = (epoch: number): string => `handover-${epoch}`;
export const controlUpdateId = (event: CallControl): string =>
  event.type === 'hangUp' ? 'hang-up' : `event-${event.eventId}`;

/** Up to when a sweep has looked, in milliseconds since 1970, and how much it had to mend. */
export interface SweepResult {
  untilMs: number;
  added: number;
}
