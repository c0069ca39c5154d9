export { callWorkflow } from './call-workflow.ts';
export { gatewayLeaseWorkflow } from './gateway-lease-workflow.ts';
export { toolCallWorkflow } from './tool-call-workflow.ts';
export { toolLogSweepWorkflow } from './tool-log-sweep-workflow.ts';
export { webhookDeliveryWorkflow } from './webhook-delivery-workflow.ts';
