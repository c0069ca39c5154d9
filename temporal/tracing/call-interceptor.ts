import { context } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { callOfWorkflowId } from '../../contracts/ids.ts';
import { contextOfCall } from './call-trace.ts';

/** Whatever is asked of a call's workflows is of that call's trace, also where nothing else of it goes on in this process. */
export const callInterceptor: WorkflowClientInterceptor = {
  start: (input, next) => ofCall(input.options.workflowId, () => next(input)),
  startWithDetails: (input, next) => ofCall(input.options.workflowId, () => next(input)),
  startUpdate: (input, next) => ofCall(input.workflowExecution.workflowId, () => next(input)),
  startUpdateWithStart: (input, next) => ofCall(input.workflowStartOptions.workflowId, () => next(input)),
  signal: (input, next) => ofCall(input.workflowExecution.workflowId, () => next(input)),
  query: (input, next) => ofCall(input.workflowExecution.workflowId, () => next(input)),
  cancel: (input, next) => ofCall(input.workflowExecution.workflowId, () => next(input)),
};

function ofCall<T>(workflowId: string | undefined, ask: () => T): T {
  const call = workflowId === undefined ? undefined : callOfWorkflowId(workflowId);
  return call ? context.with(contextOfCall(call.callId, context.active()), ask) : ask();
}
