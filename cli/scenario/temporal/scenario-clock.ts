/** How the time of a scenario comes into its call's workflow: as a header of each message. */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { clockHeader } from './clock-header.ts';

/** The time that the next messages of a client bring with them; undefined: none. */
export interface ScenarioClock {
  atMs: number | undefined;
}

export function stampWith(clock: ScenarioClock): WorkflowClientInterceptor {
  const stamped = (headers: Headers): Headers =>
    clock.atMs === undefined ? headers : { ...headers, [clockHeader]: defaultPayloadConverter.toPayload(clock.atMs) };
  return {
    startUpdate: (input, next) => next({ ...input, headers: stamped(input.headers) }),
    startUpdateWithStart: (input, next) =>
      next({
        ...input,
        workflowStartHeaders: stamped(input.workflowStartHeaders),
        updateHeaders: stamped(input.updateHeaders),
      }),
    signal: (input, next) => next({ ...input, headers: stamped(input.headers) }),
  };
}
