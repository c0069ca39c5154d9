/**
 * What the API and the gateways say to a call, as typed functions with the deadlines of a caller's path. A deadline that
 * was missed is a value: somebody is listening to silence, so whoever asked must find another answer.
 */
import { ApplicationFailure } from '@temporalio/common';
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { GatewayCommand } from '../contracts/gateway.ts';
import { callWorkflowId, taskQueues } from '../contracts/ids.ts';
import type { CallAnswer } from '../contracts/instructions.ts';
import {
  type AdmitInput,
  type AdoptInput,
  type AssistantLeft,
  type AttachAnswer,
  type AttachInput,
  type CallControl,
  type CallInput,
  type CallResult,
  type CallState,
  type CarrierStatus,
  type Checkpoint,
  type ControlAnswer,
  type Detection,
  type ForkHeard,
  type GatewayLost,
  type HandoverPlan,
  type HandoverReadiness,
  type LegEnded,
  type LeaveAnswer,
  type MediaStopped,
  type ProceedInput,
  type SensitiveEntry,
  type ToolFinished,
  adopt,
  admit,
  assistantLeft,
  attach,
  callState,
  carrierStatus,
  checkpoint,
  command,
  control,
  controlUpdateId,
  detection,
  forkHeard,
  gatewayLost,
  handoverUpdateId,
  legEnded,
  leftUpdateId,
  mediaStopped,
  prepareHandover,
  proceed,
  proceedUpdateId,
  sensitiveEntry,
  sensitiveInput,
  toolFinished,
  workflowNames,
} from '../contracts/messages.ts';
import { answerWithinMs, callStartOptions } from './call-start-options.ts';
import { askWithin, isUnanswered } from './unanswered.ts';

export interface CallRef {
  tenantId: string;
  callId: string;
}

export type CallReply =
  | { type: 'answer'; answer: CallAnswer }
  /** Temporal did not answer in time; the workflow may run all the same. */
  | { type: 'unanswered' }
  /** The call is no longer the workflow's to lead: it was adopted. */
  | { type: 'adopted' }
  /** No workflow runs under this id: never started, or already over. */
  | { type: 'gone' }
  /** The question does not fit the call, for instance a number that was never given out. */
  | { type: 'refused'; code: string };

export type CallClient = ReturnType<typeof createCallClient>;

/** A command goes on to a gateway, which has 2 s to take it and 2 s to carry it out. */
const commandMarginMs = 4_000;
/** What is done at the carrier may go through a gateway first, and be tried twice. */
const controlMarginMs = 8_000;

/** The call waits for its successor to hear the caller; and an answer that comes late is still worth something. */
const handoverMarginMs = 8_000;

export interface CallClientOptions {
  /** Reads the wall clock, in milliseconds since 1970. */
  nowMs?: () => number;
  /** Where new calls run; tests have queues of their own. */
  taskQueue?: string;
  /** How long an answer may take; 2 s unless told, since a caller hears nothing meanwhile. */
  answerDeadlineMs?: number;
  /** How long a signal may take; 1 s unless told. */
  signalDeadlineMs?: number;
}

export function createCallClient(
  client: Client,
  {
    nowMs = Date.now,
    taskQueue = taskQueues.calls,
    answerDeadlineMs = answerWithinMs,
    signalDeadlineMs = 1_000,
  }: CallClientOptions = {},
) {
  const startOptions = (call: CallInput) => ({ ...callStartOptions(call, taskQueue), args: [call] as [CallInput] });
  /** An operation serves one request only. */
  const startOperation = (call: CallInput) =>
    new WithStartWorkflowOperation<(call: CallInput) => Promise<CallResult>>(workflowNames.call, startOptions(call));
  const within = <T>(ms: number, ask: () => Promise<T>): Promise<T> => askWithin(client, ms, nowMs(), ask);
  const handleOf = ({ tenantId, callId }: CallRef) => client.workflow.getHandle(callWorkflowId(tenantId, callId));

  /** True where the signal was taken, or the call had ended so that nobody needs it. */
  async function told(send: () => Promise<void>): Promise<boolean> {
    try {
      await within(signalDeadlineMs, send);
      return true;
    } catch (failure) {
      if (failure instanceof WorkflowNotFoundError) return true;
      if (isUnanswered(failure)) return false;
      throw failure;
    }
  }

  return {
    /** Starts the call's workflow and asks for its first answer; repeating it gives the stored answer. */
    admit: (call: CallInput, input: AdmitInput): Promise<CallReply> =>
      reply(() =>
        within(answerDeadlineMs, () =>
          client.workflow.executeUpdateWithStart(admit, {
            updateId: 'admit',
            args: [input],
            startWorkflowOperation: startOperation(call),
          }),
        ),
      ),

    /** What comes after answer `input.number`; repeating it gives the stored answer. */
    proceed: (call: CallRef, input: ProceedInput): Promise<CallReply> =>
      reply(() =>
        within(answerDeadlineMs, () =>
          handleOf(call).executeUpdate(proceed, { updateId: proceedUpdateId(input.number), args: [input] }),
        ),
      ),

    /** Makes the workflow record and bill a call that goes on without it; starts it where it is missing. */
    adopt: async (call: CallInput, input: AdoptInput): Promise<'adopted' | 'gone' | 'unanswered'> => {
      try {
        await within(answerDeadlineMs, () =>
          client.workflow.executeUpdateWithStart(adopt, {
            updateId: 'adopt',
            args: [input],
            startWorkflowOperation: startOperation(call),
          }),
        );
        return 'adopted';
      } catch (failure) {
        if (isUnanswered(failure)) return 'unanswered';
        if (isGone(failure)) return 'gone';
        throw failure;
      }
    },

    /**
     * Starts an outbound call, which dials by itself; a repeat changes nothing. `fingerprint` names the request that it is
     * for: a call that was started before tells whether it was for the same one.
     */
    start: async (call: CallInput, fingerprint: string): Promise<'started' | 'same-request' | 'other-request'> => {
      const options = { ...startOptions(call), workflowIdConflictPolicy: 'FAIL', memo: { fingerprint } } as const;
      try {
        await within(answerDeadlineMs, () => client.workflow.start(workflowNames.call, options));
        return 'started';
      } catch (failure) {
        if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
        const { memo } = await within(answerDeadlineMs, () => handleOf(call).describe());
        return memo?.['fingerprint'] === fingerprint ? 'same-request' : 'other-request';
      }
    },

    /** Undefined: Temporal did not answer in time. */
    attach: async (call: CallRef, input: AttachInput): Promise<AttachAnswer | undefined> => {
      try {
        return await within(answerDeadlineMs, () =>
          handleOf(call).executeUpdate(attach, { updateId: input.streamId, args: [input] }),
        );
      } catch (failure) {
        if (isUnanswered(failure)) return undefined;
        if (isGone(failure)) return { accepted: false, reason: 'not-streaming' };
        throw failure;
      }
    },

    command: async (
      call: CallRef,
      input: GatewayCommand,
    ): Promise<'done' | 'gateway-lost' | 'not-streaming' | 'unanswered'> => {
      try {
        return await within(answerDeadlineMs + commandMarginMs, () =>
          handleOf(call).executeUpdate(command, { updateId: input.commandId, args: [input] }),
        );
      } catch (failure) {
        if (isUnanswered(failure)) return 'unanswered';
        if (isGone(failure)) return 'not-streaming';
        throw failure;
      }
    },

    /** Undefined: Temporal did not answer in time; the call may have taken it all the same. */
    assistantLeft: async (call: CallRef, input: AssistantLeft): Promise<LeaveAnswer | undefined> => {
      try {
        return await within(signalDeadlineMs, () =>
          handleOf(call).executeUpdate(assistantLeft, { updateId: leftUpdateId(input), args: [input] }),
        );
      } catch (failure) {
        if (isUnanswered(failure)) return undefined;
        if (isGone(failure)) return { next: 'carrier' };
        throw failure;
      }
    },

    /** Undefined: Temporal did not answer in time. */
    prepareHandover: async (call: CallRef, input: HandoverPlan): Promise<HandoverReadiness | undefined> => {
      try {
        return await within(answerDeadlineMs + handoverMarginMs, () =>
          handleOf(call).executeUpdate(prepareHandover, { updateId: handoverUpdateId(input.epoch), args: [input] }),
        );
      } catch (failure) {
        if (isUnanswered(failure)) return undefined;
        if (isGone(failure)) return { ready: false, reason: 'not-streaming' };
        throw failure;
      }
    },

    /** What a tenant's program does to its call. `gone`: there is no such call, or it is over. */
    control: async (call: CallRef, event: CallControl): Promise<ControlAnswer | { type: 'gone' | 'unanswered' }> => {
      try {
        return await within(answerDeadlineMs + controlMarginMs, () =>
          handleOf(call).executeUpdate(control, { updateId: controlUpdateId(event), args: [event] }),
        );
      } catch (failure) {
        if (isUnanswered(failure)) return { type: 'unanswered' };
        if (isGone(failure)) return { type: 'gone' };
        throw failure;
      }
    },

    mediaStopped: (call: CallRef, input: MediaStopped): Promise<boolean> =>
      told(() => handleOf(call).signal(mediaStopped, input)),
    forkHeard: (call: CallRef, input: ForkHeard): Promise<boolean> =>
      told(() => handleOf(call).signal(forkHeard, input)),
    checkpoint: (call: CallRef, input: Checkpoint): Promise<boolean> =>
      told(() => handleOf(call).signal(checkpoint, input)),
    gatewayLost: (call: CallRef, input: GatewayLost): Promise<boolean> =>
      told(() => handleOf(call).signal(gatewayLost, input)),
    carrierStatus: (call: CallRef, input: CarrierStatus): Promise<boolean> =>
      told(() => handleOf(call).signal(carrierStatus, input)),
    legEnded: (call: CallRef, input: LegEnded): Promise<boolean> => told(() => handleOf(call).signal(legEnded, input)),
    detection: (call: CallRef, input: Detection): Promise<boolean> =>
      told(() => handleOf(call).signal(detection, input)),
    toolFinished: (call: CallRef, input: ToolFinished): Promise<boolean> =>
      told(() => handleOf(call).signal(toolFinished, input)),

    sensitiveEntry: (call: CallRef, input: SensitiveEntry): Promise<boolean> =>
      told(() => handleOf(call).signal(sensitiveEntry, input)),

    /** What the caller typed under this name; undefined where he did not. Rejects where the call cannot be asked. */
    sensitiveInput: (call: CallRef, name: string): Promise<string | undefined> =>
      within(answerDeadlineMs, () => handleOf(call).query(sensitiveInput, name)),

    /** Where the call stands; undefined where it cannot be asked. */
    state: async (call: CallRef): Promise<CallState | undefined> => {
      try {
        return await within(answerDeadlineMs, () => handleOf(call).query(callState));
      } catch (failure) {
        if (isUnanswered(failure) || isGone(failure)) return undefined;
        throw failure;
      }
    },
  };
}

async function reply(ask: () => Promise<CallAnswer>): Promise<CallReply> {
  try {
    return { type: 'answer', answer: await ask() };
  } catch (failure) {
    if (isUnanswered(failure)) return { type: 'unanswered' };
    if (isGone(failure)) return { type: 'gone' };
    const code = refusalCode(failure);
    if (code === undefined) throw failure;
    return code === 'call-adopted' ? { type: 'adopted' } : { type: 'refused', code };
  }
}

function isGone(failure: unknown): boolean {
  if (failure instanceof WorkflowNotFoundError || failure instanceof WorkflowExecutionAlreadyStartedError) return true;
  return refusalCode(failure) === 'AcceptedUpdateCompletedWorkflow';
}

function refusalCode(failure: unknown): string | undefined {
  if (!(failure instanceof WorkflowUpdateFailedError) || !(failure.cause instanceof ApplicationFailure))
    return undefined;
  return failure.cause.type ?? undefined;
}
