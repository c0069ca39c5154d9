/** A call's id is ours and the only key of rows, ids, tokens and logs: inbound the carrier's id as it stands, outbound a hash. */
export type CallId = string;
export type TenantId = string;
export type GatewayId = string;

export const callWorkflowId = (tenantId: TenantId, callId: CallId): string => `t/${tenantId}/call/${callId}`;

/** `functionCallId` is prefixed by the model connection where a model numbers its calls per connection. */
export const toolCallWorkflowId = (tenantId: TenantId, callId: CallId, functionCallId: string): string =>
  `${callWorkflowId(tenantId, callId)}/tool/${functionCallId}`;

/** The tool call that a workflow is, read from its id. */
export function toolCallOfWorkflowId(
  workflowId: string,
): { tenantId: TenantId; callId: CallId; functionCallId: string } | undefined {
  const [, tenantId, callId, functionCallId] = /^t\/([^/]+)\/call\/([^/]+)\/tool\/(.+)$/.exec(workflowId) ?? [];
  if (tenantId === undefined || callId === undefined || functionCallId === undefined) return undefined;
  return { tenantId, callId, functionCallId };
}

/** The schedule that sees to it that every tool call is logged; its workflows' ids begin so. */
export const toolLogSweepId = 'platform/tool-logs';

/** What a flow tells a webhook, as a workflow of its own. */
export const noticeWorkflowId = (tenantId: TenantId, callId: CallId, noticeId: string): string =>
  `${callWorkflowId(tenantId, callId)}/notice/${noticeId}`;

/** The task queue of one gateway process; its id is new at each boot. */
export const gatewayTaskQueue = (gatewayId: GatewayId): string => `gw.${gatewayId}`;

/** The workflow that watches over one gateway process. */
export const gatewayLeaseWorkflowId = (gatewayId: GatewayId): string => `gw/${gatewayId}`;

/** Task queues of the `worker` process: workflows and fast database activities; tool and telephony REST; batch jobs. */
export const taskQueues = { calls: 'calls', tools: 'tools', batch: 'batch' } as const;

/** The tenant that owns a workflow, read from its id; undefined for the platform's own workflows. */
export function tenantOfWorkflowId(workflowId: string): TenantId | undefined {
  return /^t\/([^/]+)\//.exec(workflowId)?.[1];
}

/** The call that a workflow belongs to, its tools' included, read from its id. */
export function callOfWorkflowId(workflowId: string): { tenantId: TenantId; callId: CallId } | undefined {
  const [, tenantId, callId] = /^t\/([^/]+)\/call\/([^/]+)/.exec(workflowId) ?? [];
  return tenantId === undefined || callId === undefined ? undefined : { tenantId, callId };
}
