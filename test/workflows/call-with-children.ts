/** The call's own workflow, with made-up ones in the place of those that are not built yet. */
import { ApplicationFailure, sleep } from '@temporalio/workflow';
import type { AnswerTo, ChildInput } from '../../contracts/call-children.ts';

export { callWorkflow } from '../../workflows/call-workflow.ts';
export { toolCallWorkflow } from '../../workflows/tool-call-workflow.ts';

export async function queueWaitWorkflow({ question }: ChildInput<'enqueue'>): Promise<AnswerTo<'enqueue'>> {
  await sleep(question.maxWaitS * 1_000);
  return { type: 'queueEnded', outcome: 'timeout', facts: { waitedS: question.maxWaitS } };
}

export async function handoffWorkflow(_input: ChildInput<'ringAgent'>): Promise<AnswerTo<'ringAgent'>> {
  throw ApplicationFailure.nonRetryable('no phone is there', 'made-up');
}

export async function askStaffingWorkflow(_input: ChildInput<'askStaffing'>): Promise<AnswerTo<'askStaffing'>> {
  return { type: 'staffing', agentsReady: 0, waiting: 4, estimatedWaitS: 300 };
}
