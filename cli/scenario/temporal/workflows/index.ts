/** What runs when scenarios are played on Temporal: the product's call, and in the place of its children whoever answers by the scenario. */
export { callWorkflow } from '../../../../workflows/call-workflow.ts';
export {
  askStaffingWorkflow,
  handoffWorkflow,
  planCallbackWorkflow,
  queueWaitWorkflow,
  toolCallWorkflow,
  warmTransferWorkflow,
  webhookDeliveryWorkflow,
} from './answering-workflows.ts';
