export { callWorkflow } from './call-workflow.ts';
export { toolCallWorkflow } from './tool-call-workflow.ts';
