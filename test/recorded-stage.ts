/** What the scenes of recorded calls are played on. */
import type { Client } from '@temporalio/client';
import { callWorkflowId } from '../contracts/ids.ts';
import type { GatewayRef } from '../contracts/instructions.ts';
import type { CallInput } from '../contracts/messages.ts';
import type { CallClient } from '../temporal/call-client.ts';
import type { ToolCallClient } from '../temporal/tool-call-client.ts';
import type { createMadeUpCarrier } from './made-up-stores.ts';
import type { ToolServer } from './tool-server.ts';

export interface Stage {
  client: Client;
  calls: CallClient;
  tools: ToolCallClient;
  carrier: ReturnType<typeof createMadeUpCarrier>;
  /** A gateway that takes every command. */
  gateway: GatewayRef;
  /** A tool's address that answers. */
  toolUrl: string;
  /** Answers every path, at once unless it is told otherwise. */
  toolServer: ToolServer;
}

/** Plays one scene to its end and returns the id of the workflow that it is about. */
export type Scene = (stage: Stage, callId: string) => Promise<string>;

/** A call that comes in, or that somebody has answered. */
export async function begin(stage: Stage, call: CallInput, first = stage.gateway) {
  const { calls, gateway } = stage;
  await calls.admit(call, { gateway: first });
  return {
    call,
    workflowId: callWorkflowId(call.tenantId, call.callId),
    attach: (epoch: number) => calls.attach(call, { epoch, streamId: `MZ${epoch}`, gatewayId: gateway.gatewayId }),
    leave: (epoch: number, visit: number, outcome: string) =>
      calls.assistantLeft(call, { epoch, visit, outcome, lastSeq: 0, mayGoOn: true }),
    stop: (epoch: number, outcome: string) => calls.mediaStopped(call, { epoch, outcome, lastSeq: 0 }),
    streamEnded: (number: number) => calls.proceed(call, { number, event: { type: 'streamEnded' }, gateway }),
    end: async () => {
      await calls.carrierStatus(call, { status: 'completed', sequence: 9, durationS: 61 });
      return ended(stage, call);
    },
  };
}

export async function ended({ client }: Stage, { tenantId, callId }: CallInput): Promise<string> {
  const workflowId = callWorkflowId(tenantId, callId);
  await client.workflow.getHandle(workflowId).result();
  return workflowId;
}
