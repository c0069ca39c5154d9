import type { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { callWorkflowId, toolCallWorkflowId } from '../../contracts/ids.ts';
import type { Turn } from '../../contracts/turns.ts';
import { type CallEvent, createCallEventStore } from '../../db/call-events.ts';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import { createCostStore } from '../../db/cost-entries.ts';
import type { Database } from '../../db/database.ts';
import type { Sealer } from '../../db/sealing.ts';
import { createToolLogStore } from '../../db/tool-logs.ts';
import { createTurnStore } from '../../db/turns.ts';

/** What the product itself knows of a call after its end. */
export interface StoredCall {
  callId: string;
  workflowId: string;
  workflowStatus: string;
  /** How the call ended. */
  outcome?: string;
  /** Why a call that the product placed has failed. */
  failure?: string;
  /** Milliseconds since 1970. */
  admittedAtMs: number;
  turns: readonly Turn[];
  toolCalls: readonly { name: string; status: string; latencyMs: number }[];
  costs: readonly { currency: string; totalMillionths: number }[];
  /** Of the call's workflow and those of its tools together. */
  historyEvents: number;
}

export interface StoredCallDeps {
  database: Database;
  sealer: Sealer;
  client: Client;
}

const endDeadlineMs = 75_000;

/** Waits until the call's workflow is over and reads what it left. */
export async function readStoredCall(
  deps: StoredCallDeps,
  key: { tenantId: string; callId: string },
): Promise<StoredCall> {
  const { database, sealer, client } = deps;
  const workflowId = callWorkflowId(key.tenantId, key.callId);
  const handle = client.workflow.getHandle(workflowId);
  // How it ended is read below; one that does not end is a fault to report, not a reason to wait for ever.
  await Promise.race([handle.result().catch(() => undefined), delay(endDeadlineMs, undefined, { ref: false })]);
  const { status, historyLength } = await handle.describe();
  const call = await createCallSessionStore({ database, sealer }).readCall(key);
  const toolLogs = await createToolLogStore(database).readToolLogs(key);
  const toolEvents = await Promise.all(
    toolLogs.map(async ({ functionCallId }) => {
      const tool = client.workflow.getHandle(toolCallWorkflowId(key.tenantId, key.callId, functionCallId));
      return (await tool.describe()).historyLength;
    }),
  );
  return {
    callId: key.callId,
    workflowId,
    workflowStatus: status.name,
    ...(call?.endReason === undefined ? {} : { outcome: call.endReason }),
    ...failureOf(await createCallEventStore(database).readEvents(key)),
    admittedAtMs: call?.admittedAtMs ?? 0,
    turns: await createTurnStore(database).readTurns(key),
    toolCalls: toolLogs.map(({ name, result }) => ({
      name,
      status: result.status,
      latencyMs: Math.round(result.latencyMs),
    })),
    costs: await createCostStore(database).totalCosts(key),
    historyEvents: toolEvents.reduce((sum, events) => sum + events, historyLength),
  };
}

function failureOf(events: readonly CallEvent[]): { failure?: string } {
  const data = events.find(({ kind }) => kind === 'ended')?.data;
  const failure = isObject(data) ? data['failure'] : undefined;
  const reason = isObject(failure) ? failure['reason'] : undefined;
  return typeof reason === 'string' ? { failure: reason } : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
