import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { callWorkflowId, noticeWorkflowId, toolCallWorkflowId } from '../../contracts/ids.ts';
import type { Turn } from '../../contracts/turns.ts';
import { type CallEvent, createCallEventStore } from '../../db/call-events.ts';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import { createCostStore } from '../../db/cost-entries.ts';
import type { Database } from '../../db/database.ts';
import type { ObjectStore } from '../../db/object-store.ts';
import { createRecordingStore } from '../../db/recordings.ts';
import type { Sealer } from '../../db/sealing.ts';
import { createToolLogStore } from '../../db/tool-logs.ts';
import { createTurnStore } from '../../db/turns.ts';

/** What the product itself knows of a call after its end. */
export interface StoredCall {
  callId: string;
  workflowId: string;
  /** Absent: there is no workflow. */
  workflowStatus?: string;
  /** How the call ended. */
  outcome?: string;
  /** Why a call that the product placed has failed. */
  failure?: string;
  /** Milliseconds since 1970. */
  admittedAtMs: number;
  turns: readonly Turn[];
  toolCalls: readonly { name: string; status: string; latencyMs: number }[];
  /** The steps of the flow, each as `node outcome`, but for those that only wait. */
  path: readonly string[];
  /** What the flow marked it with. */
  tags: readonly string[];
  /** How many notices webhooks took. */
  notices: number;
  recordings: readonly StoredRecording[];
  costs: readonly { currency: string; totalMillionths: number }[];
  /** Of the call's workflow and those of its tools together. */
  historyEvents: number;
}

export interface StoredRecording {
  kind: string;
  status: string;
  /** Whether the carrier has no copy any more. */
  isOursAlone: boolean;
  /** The caller's voice alone, as it was kept; empty where nothing was. */
  caller: Int16Array;
}

export interface StoredCallDeps {
  database: Database;
  sealer: Sealer;
  objects: ObjectStore;
  client: Client;
}

const endDeadlineMs = 75_000;
/** A call that was answered without its workflow is offered to it every 10 s, for 2 s each. */
const adoptionDeadlineMs = 30_000;
const lookAgainMs = 250;

/** Waits until the call's workflow is over, and before that until there is one, and reads what it left. */
export async function readStoredCall(
  deps: StoredCallDeps,
  key: { tenantId: string; callId: string },
): Promise<StoredCall> {
  const { database, sealer, client } = deps;
  const workflowId = callWorkflowId(key.tenantId, key.callId);
  const workflow = await endedWorkflow(client, workflowId);
  const call = await createCallSessionStore({ database, sealer }).readCall(key);
  const events = await createCallEventStore(database).readEvents(key);
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
    ...(workflow && { workflowStatus: workflow.status.name }),
    ...(call?.endReason === undefined ? {} : { outcome: call.endReason }),
    ...failureOf(events),
    path: pathOf(events),
    tags: call?.tags ?? [],
    notices: await noticesOf(client, key, events),
    recordings: await recordingsOf(deps, key),
    admittedAtMs: call?.admittedAtMs ?? 0,
    turns: await createTurnStore(database).readTurns(key),
    toolCalls: toolLogs.map(({ name, result }) => ({
      name,
      status: result.status,
      latencyMs: Math.round(result.latencyMs),
    })),
    costs: await createCostStore(database).totalCosts(key),
    historyEvents: toolEvents.reduce((sum, count) => sum + count, workflow?.historyLength ?? 0),
  };
}

function pathOf(events: readonly CallEvent[]): string[] {
  return events.flatMap(({ kind, data }) => {
    if (kind !== 'decision' || !isObject(data) || data['rule'] === 'waits') return [];
    const { nodeId, outcome } = data;
    return typeof nodeId === 'string' && typeof outcome === 'string' ? [`${nodeId} ${outcome}`] : [];
  });
}

/** Notices outlive their call. */
async function noticesOf(
  client: Client,
  { tenantId, callId }: { tenantId: string; callId: string },
  events: readonly CallEvent[],
): Promise<number> {
  const wanted = events.filter(
    ({ kind, data }) =>
      kind === 'decision' &&
      isObject(data) &&
      (data['nodeType'] === 'notify' || (data['nodeType'] === 'voicemail' && data['outcome'] === 'recorded')),
  );
  const ends = await Promise.all(
    wanted.map(async (_, n): Promise<unknown> =>
      client.workflow
        .getHandle(noticeWorkflowId(tenantId, callId, String(n + 1)))
        .result()
        .catch(() => undefined),
    ),
  );
  return ends.filter((end) => isObject(end) && end['status'] === 'delivered').length;
}

async function recordingsOf(
  { database, sealer, objects }: StoredCallDeps,
  key: { tenantId: string; callId: string },
): Promise<StoredRecording[]> {
  const store = createRecordingStore({ database, sealer, objects });
  const recordings = await store.readRecordings(key);
  return Promise.all(
    recordings.map(async ({ recordingId, kind, status, channels = 1, isOursAlone }) => {
      const sound = { tenantId: key.tenantId, recordingId };
      const caller =
        status === 'kept' ? firstChannel(await buffer(store.readSound(sound)), channels) : new Int16Array();
      return { kind, status, isOursAlone, caller };
    }),
  );
}

/** Of a WAV file of 16-bit samples with the smallest head, as the network gives it. */
function firstChannel(file: Buffer, channels: number): Int16Array {
  const frames = Math.floor((file.length - 44) / (2 * channels));
  return Int16Array.from({ length: Math.max(0, frames) }, (_, n) => file.readInt16LE(44 + n * 2 * channels));
}

async function endedWorkflow(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  const giveUpAtMs = performance.now() + adoptionDeadlineMs;
  for (;;) {
    // How it ended is read below; one that does not end is a fault to report, not a reason to wait for ever.
    await Promise.race([handle.result().catch(() => undefined), delay(endDeadlineMs, undefined, { ref: false })]);
    try {
      return await handle.describe();
    } catch (failure) {
      if (!(failure instanceof WorkflowNotFoundError)) throw failure;
      if (performance.now() > giveUpAtMs) return undefined;
    }
    await delay(lookAgainMs);
  }
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
