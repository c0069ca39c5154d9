/**
 * Gives a call's workflow the scenario's time: what its clock shows when a message or an answer comes is what the scenario
 * says. How busy this machine is does not count: what a call waits for in less than a few seconds, it waits for longer.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';
import { clockHeader } from '../clock-header.ts';
import type { TimedAnswer } from '../asked.ts';

const shortWaitMs = 5_000;
const stretch = 10;

export const interceptors = (): WorkflowInterceptors => {
  if (workflowInfo().workflowType !== 'callWorkflow') return {};
  const OwnDate = globalThis.Date;
  let aheadMs = 0;
  const setTo = (atMs: unknown): void => {
    if (typeof atMs === 'number') aheadMs = atMs - OwnDate.now();
  };
  const answerOf = (result: unknown): unknown => {
    if (!isTimed(result)) return result;
    setTo(result.atMs);
    return result.scenarioAnswer;
  };
  class ScenarioDate extends OwnDate {
    constructor(...given: [] | [value: number | string | Date]) {
      super(given[0] ?? OwnDate.now() + aheadMs);
    }
    static override now(): number {
      return OwnDate.now() + aheadMs;
    }
  }
  Object.defineProperty(globalThis, 'Date', { value: ScenarioDate, configurable: true, writable: true });
  return {
    inbound: [
      {
        execute: (input, next) => {
          setTo(timeIn(input.headers));
          return next(input);
        },
        handleUpdate: (input, next) => {
          setTo(timeIn(input.headers));
          return next(input);
        },
        handleSignal: (input, next) => {
          setTo(timeIn(input.headers));
          return next(input);
        },
      },
    ],
    outbound: [
      {
        startTimer: (input, next) =>
          next(input.durationMs < shortWaitMs ? { ...input, durationMs: input.durationMs * stretch } : input),
        startChildWorkflowExecution: async (input, next) => {
          const [started, ended] = await next(input);
          return [started, ended.then(answerOf)];
        },
        scheduleActivity: (input, next) => next(input).then(answerOf),
      },
    ],
  };
};

function timeIn(headers: Headers): unknown {
  const payload = headers[clockHeader];
  return payload && defaultPayloadConverter.fromPayload(payload);
}

function isTimed(result: unknown): result is TimedAnswer {
  return typeof result === 'object' && result !== null && 'scenarioAnswer' in result;
}
