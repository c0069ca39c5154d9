import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.ts';
import type { ToolFinished } from '../contracts/messages.ts';
import { type ToolCallInput, type ToolResult, toolAttempts } from '../contracts/tools.ts';
import type { Tracer } from '../contracts/tracing.ts';
import type { ToolLogStore } from '../db/tool-logs.ts';
import { type Lookup, createGuardedAgents } from './tools/address-guard.ts';
import { type HttpToolDeps, runHttpTool } from './tools/run-http-tool.ts';
import { toolLogOf } from './tools/shown-tool-call.ts';
import { ToolFailure, type ToolOutcome } from './tools/tool-failure.ts';

export interface ToolActivityDeps {
  readSecret: HttpToolDeps['readSecret'];
  readSensitive: HttpToolDeps['readSensitive'];
  toolLogs: Pick<ToolLogStore, 'writeToolLog'>;
  /** Tells the call that a tool has finished; the call may be over. */
  tellCall: (call: { tenantId: string; callId: string }, tool: ToolFinished) => Promise<unknown>;
  log: Logger;
  /** Reads the wall clock, in milliseconds since 1970. */
  nowMs?: () => number;
  lookup?: Lookup;
  tracer?: Tracer | undefined;
}

/** By then the model has its answer, if Temporal is not in trouble. */
const REPORT_AFTER_MS = 50;

export type ToolActivities = ReturnType<typeof createToolActivities>['activities'];

/** The tools of assistants and flows. `close` waits for what is still to be reported. */
export function createToolActivities({
  readSecret,
  readSensitive,
  toolLogs,
  tellCall,
  log,
  nowMs = Date.now,
  lookup,
  tracer,
}: ToolActivityDeps) {
  const agents = createGuardedAgents(lookup);
  const reports = new Set<Promise<unknown>>();

  /**
   * The model waits for the return: what others want to know of it does not stand in its way. A log that is lost so, with
   * this process or for want of the database, is written by a later sweep.
   */
  function doAfterwards(what: string, input: ToolCallInput, work: () => Promise<unknown>): void {
    const { tenantId, callId, functionCallId } = input;
    const done = delay(REPORT_AFTER_MS)
      .then(work)
      .catch((failure: unknown) =>
        log.error(
          { tenantId, callId, functionCallId, what, reason: messageOf(failure) },
          'a tool call was not reported',
        ),
      )
      .finally(() => reports.delete(done));
    reports.add(done);
  }

  /** Ends with a result, except where another attempt is due: then it fails, for Temporal to repeat it. */
  async function callTool(input: ToolCallInput): Promise<ToolResult> {
    const { tenantId, callId, functionCallId, tool } = input;
    const { attempt, scheduledTimestampMs } = activityInfo();
    const startedAtMs = attempt === 1 ? nowMs() : scheduledTimestampMs;
    const signal = AbortSignal.any([AbortSignal.timeout(tool.timeoutMs), cancellationSignal()]);
    const outcome = await runHttpTool({ agents, readSecret, readSensitive, tracer }, input, signal).catch(
      (failure: unknown) => {
        if (isWorthRepeating(failure) && attempt < toolAttempts(tool))
          throw ApplicationFailure.retryable('the tool is tried again', failure.code);
        return outcomeOf(failure, tool.idempotent);
      },
    );
    const latencyMs = Math.max(0, Math.round(nowMs() - startedAtMs));
    const result: ToolResult = { ...outcome, attempts: attempt, latencyMs };
    log.info(
      {
        tenantId,
        callId,
        functionCallId,
        tool: tool.name,
        status: result.status,
        error: result.error,
        attempts: attempt,
        latencyMs,
      },
      'tool finished',
    );
    doAfterwards('log', input, () => toolLogs.writeToolLog(toolLogOf(input, result, startedAtMs)));
    doAfterwards('signal', input, () =>
      tellCall({ tenantId, callId }, { functionCallId, name: tool.name, status: result.status, latencyMs }),
    );
    return result;
  }

  return {
    activities: { callTool },
    close: async (): Promise<void> => {
      await Promise.allSettled(reports);
      await agents.close();
    },
  };
}

function isWorthRepeating(failure: unknown): failure is ToolFailure {
  return failure instanceof ToolFailure && failure.transient;
}

/** Whether the model may repeat it: where the tool has seen nothing of it, or does not mind. Bad arguments it may correct. */
function outcomeOf(failure: unknown, idempotent: boolean): ToolOutcome {
  if (!(failure instanceof ToolFailure)) throw failure;
  const { code, hint, transient, mayHaveHappened } = failure;
  const retryable = code === 'bad-arguments' || (transient && (idempotent || !mayHaveHappened));
  const warning =
    transient && mayHaveHappened && !idempotent ? ' It may have done its work all the same: do not repeat it.' : '';
  return { status: code === 'timeout' ? 'timeout' : 'failed', error: code, retryable, hint: `${hint}${warning}` };
}
