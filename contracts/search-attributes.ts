/** The search attributes of all workflows. The server stores them in clear: ids and words of ours, nothing personal. */
const keyword = (name: string) => ({ name, type: 'KEYWORD' as const });

export const searchAttributes = {
  tenantId: keyword('TenantId'),
  callPhase: keyword('CallPhase'),
  queueId: keyword('QueueId'),
  agentId: keyword('AgentId'),
  gatewayId: keyword('GatewayId'),
  flowVersion: keyword('FlowVersion'),
  outcome: keyword('Outcome'),
} as const;
