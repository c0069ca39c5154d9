/** The children of a call, answered by its scenario after the time that the scenario says: a timer of the workflow. */
import { condition, proxyActivities, sleep } from '@temporalio/workflow';
import type { ChildInput } from '../../../../contracts/call-children.ts';
import type { ToolCallInput } from '../../../../contracts/tools.ts';
import type { Asked, ScenarioActivities, TimedAnswer } from '../asked.ts';

async function answered(asked: Asked): Promise<TimedAnswer> {
  const { answerQuestion } = proxyActivities<ScenarioActivities>({ startToCloseTimeout: '30s' });
  const { answer, afterMs, atMs } = await answerQuestion(asked);
  // The caller hangs up meanwhile, which ends the call, and whoever plays the scenario ends this.
  if (answer === undefined) await condition(() => false);
  if (afterMs > 0) await sleep(afterMs);
  return { scenarioAnswer: answer ?? null, atMs };
}

export function toolCallWorkflow({ tenantId, callId, functionCallId }: ToolCallInput): Promise<TimedAnswer> {
  return answered({ tenantId, callId, stay: Number(functionCallId.replace('node-', '')) || 'contact' });
}

function askedBy({ tenantId, callId, question }: ChildInput): Promise<TimedAnswer> {
  return answered({ tenantId, callId, stay: question.visit });
}

export const queueWaitWorkflow = (input: ChildInput): Promise<TimedAnswer> => askedBy(input);
export const handoffWorkflow = (input: ChildInput): Promise<TimedAnswer> => askedBy(input);
export const warmTransferWorkflow = (input: ChildInput): Promise<TimedAnswer> => askedBy(input);
export const planCallbackWorkflow = (input: ChildInput): Promise<TimedAnswer> => askedBy(input);
export const askStaffingWorkflow = (input: ChildInput): Promise<TimedAnswer> => askedBy(input);

/** What is told to others is delivered at once, and goes nowhere. */
export const webhookDeliveryWorkflow = async (): Promise<void> => undefined;
