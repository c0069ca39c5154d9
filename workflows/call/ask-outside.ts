/** Asks whom a call's flow wants to know something from: one child workflow or activity for each question. */
import { type ParentClosePolicy, WorkflowIdReusePolicy, executeChild, isCancellation } from '@temporalio/workflow';
import {
  type AnswerTo,
  type ChildInput,
  type PlannedQuestion,
  answerTypes,
  childWorkflowId,
  nodeToolCallId,
  plannedChildren,
} from '../../contracts/call-children.ts';
import type { Question } from '../../contracts/flow/effects.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { ToolCallInput } from '../../contracts/tools.ts';
import type { CoreState } from './call-state.ts';
import type { Happened } from './flow-step.ts';
import type { TextMessages } from './text-messages.ts';
import { runToolChild } from './tool-child.ts';

/** Its talk is part of what is waited for. */
const longestCall = '25h';
const plannedOptions: Readonly<
  Record<PlannedQuestion, { parentClosePolicy: ParentClosePolicy; workflowExecutionTimeout: '25h' | '1m' | '10s' }>
> = {
  enqueue: { parentClosePolicy: 'REQUEST_CANCEL', workflowExecutionTimeout: longestCall },
  ringAgent: { parentClosePolicy: 'REQUEST_CANCEL', workflowExecutionTimeout: longestCall },
  warmTransfer: { parentClosePolicy: 'REQUEST_CANCEL', workflowExecutionTimeout: longestCall },
  planCallback: { parentClosePolicy: 'ABANDON', workflowExecutionTimeout: '1m' },
  askStaffing: { parentClosePolicy: 'REQUEST_CANCEL', workflowExecutionTimeout: '10s' },
};

/** The event that goes into the flow; one that fails or vanishes is an event as well. Never throws. */
export async function askOutside(
  call: CallInput,
  state: CoreState,
  question: Question,
  messages: TextMessages,
): Promise<Happened> {
  try {
    const answer = await ask(call, state, question, messages);
    // What a child returns has crossed a border.
    if (answer.type === answerTypes[question.type]) return answer;
    return { type: 'unanswered', why: 'the answer was of another kind' };
  } catch (failure) {
    return { type: 'unanswered', why: isCancellation(failure) ? 'it was called off' : 'whoever was asked has failed' };
  }
}

function ask(
  call: CallInput,
  state: CoreState,
  question: Question,
  messages: TextMessages,
): Promise<AnswerTo<Question['type']>> {
  switch (question.type) {
    case 'callTool':
      return callTool(call, state, question);
    case 'sendSms':
      return messages.send(question);
    default:
      return askChild(call, state, question);
  }
}

/** A tool that outlives the call still finishes. */
async function callTool(
  { tenantId, callId, flow, allowedPrivateHosts }: CallInput,
  { epoch }: CoreState,
  {
    toolId,
    args,
    timeoutMs,
    hiddenArguments = [],
    hidesAnswer = false,
    visit,
  }: Extract<Question, { type: 'callTool' }>,
): Promise<AnswerTo<'callTool'>> {
  const tool = flow.compiled.tools[toolId];
  if (!tool) return { type: 'toolAnswered', status: 'failed' };
  const functionCallId = nodeToolCallId(visit);
  const input: ToolCallInput = {
    tenantId,
    callId,
    functionCallId,
    tool: { ...tool, timeoutMs },
    args,
    allowedPrivateHosts,
    epoch,
    ...((hidesAnswer || hiddenArguments.length > 0) && { hidden: { arguments: hiddenArguments, answer: hidesAnswer } }),
  };
  const { status, httpStatus, data } = await runToolChild(input);
  return {
    type: 'toolAnswered',
    status,
    ...(httpStatus !== undefined && { httpStatus }),
    ...(data !== undefined && { data }),
  };
}

function askChild(
  { tenantId, callId, from, to }: CallInput,
  { flow }: CoreState,
  question: Extract<Question, { type: PlannedQuestion }>,
): Promise<AnswerTo<PlannedQuestion>> {
  const { language } = flow;
  const input: ChildInput = { tenantId, callId, from, to, language, question };
  return executeChild<(input: ChildInput) => Promise<AnswerTo<PlannedQuestion>>>(plannedChildren[question.type], {
    ...plannedOptions[question.type],
    args: [input],
    workflowId: childWorkflowId({ tenantId, callId }, question.type, question.visit),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `node ${question.nodeId}`,
  });
}
