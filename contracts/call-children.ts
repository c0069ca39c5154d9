/**
 * How a call gets answers to its flow's questions: each type of question is a child workflow of the call, or an activity
 * where it is one short request. The answer is the event that goes into the flow.
 */
import type { EventDetail } from './flow/state.ts';
import type { Question } from './flow/effects.ts';
import { callWorkflowId } from './ids.ts';

type Asked<Type extends Question['type']> = Extract<Question, { type: Type }>;
type Answered<Type extends EventDetail['type']> = Extract<EventDetail, { type: Type }>;

/** By the type of a question: the type of event that answers it. */
export const answerTypes = {
  callTool: 'toolAnswered',
  sendSms: 'smsEnded',
  enqueue: 'queueEnded',
  ringAgent: 'agentEnded',
  warmTransfer: 'dialEnded',
  planCallback: 'callbackPlanned',
  askStaffing: 'staffing',
} as const satisfies Record<Question['type'], EventDetail['type']>;

/** The event that answers a question of this type. */
export type AnswerTo<Type extends Question['type']> = Answered<(typeof answerTypes)[Type]>;

/**
 * Children whose workflows are not built yet, by the question that each answers. Publishing refuses the nodes that ask it;
 * whoever plays a flow with them registers workflows of these names.
 */
export const plannedChildren = {
  enqueue: 'queueWaitWorkflow',
  ringAgent: 'handoffWorkflow',
  warmTransfer: 'warmTransferWorkflow',
  planCallback: 'planCallbackWorkflow',
  askStaffing: 'askStaffingWorkflow',
} as const;
export type PlannedQuestion = keyof typeof plannedChildren;

/** Start argument of such a child; it returns `AnswerTo<Type>`. */
export interface ChildInput<Type extends PlannedQuestion = PlannedQuestion> {
  tenantId: string;
  callId: string;
  /** The caller, as the carrier gives the number. */
  from: string;
  to: string;
  /** The one that the caller is spoken to in. */
  language: string;
  question: Asked<Type>;
}

/** Argument of the activity `sendSms` on the queue `tools`. */
export interface SmsInput {
  tenantId: string;
  callId: string;
  /** Names the message within its call: it is sent once under this name. */
  smsId: string;
  /** The carrier's account, and the number of it that sends. */
  accountId: string;
  from: string;
  to: string;
  text: string;
}

/** What `sendSms` returns. `unpriced`: the carrier's id of a message that is not billed yet. */
export type SmsAnswer = AnswerTo<'sendSms'> & { unpriced?: string };

/** Argument of the activity `recordSmsPrice` on the queue `tools`. */
export interface SmsPriceInput extends Pick<SmsInput, 'tenantId' | 'callId' | 'smsId' | 'accountId'> {
  /** The carrier's own id. */
  messageId: string;
}

/** Short requests of a call's flow; implemented in `activities/`. */
export interface QuestionActivities {
  sendSms(input: SmsInput): Promise<SmsAnswer>;
  /** Fails, to be tried again, until the carrier knows what it takes for the message. */
  recordSmsPrice(input: SmsPriceInput): Promise<void>;
}

/** `stay` names the stay at the node that asks; a tool's child has the id of a tool call instead. */
export const childWorkflowId = (
  { tenantId, callId }: { tenantId: string; callId: string },
  type: PlannedQuestion,
  stay: number,
): string => `${callWorkflowId(tenantId, callId)}/${plannedChildren[type].replace('Workflow', '')}/${stay}`;

/** The tool calls of a flow's nodes beside those of its assistants, which their models name. */
export const nodeToolCallId = (stay: number): string => `node-${stay}`;
