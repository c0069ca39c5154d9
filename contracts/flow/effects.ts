/**
 * What a flow wants of its workflow beside the carrier's instructions. `visit` names the stay at the node: it comes back
 * with the answer, so that an answer to a node that was left is known as one.
 */
import type { JsonObject } from '../tools.ts';
import type { AudioPrompt, DialTarget, Speech } from '../instructions.ts';

interface Asked {
  nodeId: string;
  visit: number;
}

/** The flow waits for the answer, which comes as an event. */
export type Question = Asked &
  (
    | {
        type: 'callTool';
        toolId: string;
        args: JsonObject;
        timeoutMs: number;
        /** Names of arguments, and whether the answer, that nobody may read in the log of tools. */
        hiddenArguments?: readonly string[];
        hidesAnswer?: boolean;
      }
    | { type: 'sendSms'; to: string; text: string }
    | {
        type: 'enqueue';
        queueId: string;
        priority: number;
        skills: readonly string[];
        maxWaitS: number;
        hold: QueueHold;
      }
    | { type: 'ringAgent'; agentId: string; ringTimeoutS: number }
    | {
        type: 'warmTransfer';
        to: DialTarget;
        briefing: Speech;
        ringTimeoutS: number;
        callerId?: string;
        music?: AudioPrompt;
      }
    | { type: 'planCallback'; queueId?: string; phoneNumber: string; window: { fromMs: number; untilMs: number } }
    | { type: 'askStaffing'; queueId: string }
  );

/** Nobody waits for these. */
export type Order =
  /** `recordingId`: of the message that it is about. */
  | { type: 'notify'; nodeId: string; to: NotifyTarget; text: string; recordingId?: string }
  | { type: 'record'; action: 'start' | 'pause' | 'resume' | 'stop' }
  | { type: 'tag'; tags: readonly string[] };

export type Effect = Question | Order;

const questions: ReadonlySet<string> = new Set<Question['type']>([
  'callTool',
  'sendSms',
  'enqueue',
  'ringAgent',
  'warmTransfer',
  'planCallback',
  'askStaffing',
]);
const orders: ReadonlySet<string> = new Set<Order['type']>(['notify', 'record', 'tag']);

/** Whether it is the workflow's to do, and not the carrier's. */
export function isEffect(wanted: { type: string }): wanted is Effect {
  return questions.has(wanted.type) || orders.has(wanted.type);
}

export function isQuestion(wanted: Effect): wanted is Question {
  return questions.has(wanted.type);
}

export type NotifyTarget = { webhookId: string } | { people: readonly string[] };

/** What the caller gets while waiting in a queue. */
export interface QueueHold {
  music?: AudioPrompt;
  announcements: readonly Speech[];
  announceEveryS: number;
  tellPosition: boolean;
  tellWait: boolean;
  exitKeys: readonly string[];
  callbackKey?: string;
}
