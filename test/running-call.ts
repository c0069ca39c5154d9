import { randomUUID } from 'node:crypto';
import { callWorkflowId } from '../contracts/ids.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { CallAnswer } from '../contracts/instructions.ts';
import type { CallInput, CallResult, CarrierStatusName } from '../contracts/messages.ts';
import { type CallClient, type CallReply, createCallClient } from '../temporal/call-client.ts';
import { demoFlow, madeUpCall, patient } from './made-up-call.ts';
import type { TemporalFixture } from './temporal-fixture.ts';

/** A call of a made-up caller, and what a test does with it. */
export interface RunningCall {
  call: CallInput;
  callId: string;
  calls: CallClient;
  workflowId: string;
  result: () => Promise<CallResult>;
  /** The carrier says that it is over. */
  end: (status?: CarrierStatusName) => Promise<CallResult>;
}

/** Nothing of it has begun. */
export function newRunningCall({ client, queueName }: TemporalFixture, flow: FlowDocument = demoFlow): RunningCall {
  const call = madeUpCall(`CA${randomUUID()}`, flow);
  const calls = createCallClient(client, { taskQueue: queueName('calls'), ...patient });
  const handle = client.workflow.getHandle<() => Promise<CallResult>>(callWorkflowId(call.tenantId, call.callId));
  return {
    call,
    callId: call.callId,
    calls,
    workflowId: handle.workflowId,
    result: () => handle.result(),
    end: async (status = 'completed') => {
      await calls.carrierStatus(call, { status, sequence: 9, durationS: 61 });
      return handle.result();
    },
  };
}

export function answerOf(reply: CallReply): CallAnswer {
  if (reply.type !== 'answer') throw new Error(`no answer but ${reply.type}`);
  return reply.answer;
}
