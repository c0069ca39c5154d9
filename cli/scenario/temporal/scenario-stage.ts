/** Where scenarios are played on Temporal: one worker with the product's call workflow, on a server that skips time. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import type { FinishCallInput, RecordedDecision } from '../../../activities/call-record-activities.ts';
import type { GatewayActivities } from '../../../contracts/gateway.ts';
import { gatewayTaskQueue } from '../../../contracts/ids.ts';
import type { GatewayRef } from '../../../contracts/instructions.ts';
import { type CallClient, createCallClient } from '../../../temporal/call-client.ts';
import { installRuntime } from '../../../temporal/runtime.ts';
import { bundleWorkflows, createWorkers, type TaskQueueName } from '../../../temporal/workers.ts';
import { createMadeUpCarrier } from '../../../test/made-up-stores.ts';
import { testDataConverter, testLog } from '../../../test/test-keys.ts';
import type { SmsInput } from '../../../contracts/call-children.ts';
import type { Asked, Due, TimedAnswer } from './asked.ts';
import { type ScenarioClock, stampWith } from './scenario-clock.ts';

/** A call that is played: what its children are answered, and what it writes down. */
export interface PlayedCall {
  answer: (asked: Asked, childId?: string) => Promise<Due>;
  /** By their number in the call: each may be written more than once. */
  decisions: Map<number, RecordedDecision>;
}

export interface ScenarioStage {
  client: Client;
  gateway: GatewayRef;
  /** A client for one call, whose messages bring the clock's time with them. */
  callClient: (clock: ScenarioClock) => CallClient;
  played: Map<string, PlayedCall>;
  close: () => Promise<void>;
}

export const playedKey = ({ tenantId, callId }: { tenantId: string; callId: string }): string =>
  `${tenantId}/${callId}`;

/** Deadlines that are not about callers: the machine may be busy. */
const patient = { answerDeadlineMs: 60_000, signalDeadlineMs: 60_000 };
const workflowsPath = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));
const timePath = fileURLToPath(new URL('./workflows/scenario-time.ts', import.meta.url));

export async function openStage(address: string): Promise<ScenarioStage> {
  installRuntime(testLog);
  const dataConverter = testDataConverter;
  const played = new Map<string, PlayedCall>();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const own = randomUUID();
  const gatewayId = `g-${own}`;
  const queueName = (queue: TaskQueueName): string => `${queue}-${own}`;
  const workers = await createWorkers({
    connection: native,
    namespace: 'default',
    dataConverter,
    workflowBundle: await bundleWorkflows({
      workflowsPath,
      interceptorModules: [timePath],
    }),
    activities: {
      calls: callActivities(played),
      tools: { ...createMadeUpCarrier().activities, ...shortRequests(played) },
      batch: {},
    },
    queueName,
  });
  workers.push(
    await Worker.create({
      connection: native,
      taskQueue: gatewayTaskQueue(gatewayId),
      activities: gatewayActivities,
      dataConverter,
    }),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    client: new Client({ connection, dataConverter }),
    gateway: { gatewayId, mediaUrl: 'wss://media.switchboard.test/media' },
    callClient: (clock) =>
      createCallClient(new Client({ connection, dataConverter, interceptors: { workflow: [stampWith(clock)] } }), {
        taskQueue: queueName('calls'),
        ...patient,
      }),
    played,
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await Promise.all([native.close(), connection.close()]);
    },
  };
}

const gatewayActivities: GatewayActivities = {
  warm: async () => undefined,
  command: async () => undefined,
  holds: async () => true,
  holdLease: async () => undefined,
};

/** Rows go nowhere but for the decisions, which are kept with the call. */
function callActivities(played: ReadonlyMap<string, PlayedCall>) {
  const keep = async (call: Pick<FinishCallInput, 'tenantId' | 'callId' | 'decisions'>): Promise<void> => {
    for (const decision of call.decisions) played.get(playedKey(call))?.decisions.set(decision.index, decision);
  };
  return {
    recordDialling: async () => undefined,
    recordAdmission: async () => undefined,
    recordAdoption: async () => undefined,
    recordDecisions: keep,
    finishCall: keep,
    answerQuestion: (asked: Asked): Promise<Due> => {
      const call = played.get(playedKey(asked));
      if (!call) throw new Error('nobody plays this call');
      return call.answer(asked, Context.current().info.workflowExecution?.workflowId);
    },
  };
}

/** What the call asks by an activity takes no time. */
function shortRequests(played: ReadonlyMap<string, PlayedCall>) {
  return {
    sendSms: async ({ tenantId, callId, smsId }: SmsInput): Promise<TimedAnswer> => {
      const asked: Asked = { tenantId, callId, stay: Number(smsId.replace('node-', '')) };
      const due = await played.get(playedKey(asked))?.answer(asked);
      return { scenarioAnswer: due?.answer ?? null, atMs: due?.atMs ?? Date.now() };
    },
  };
}
