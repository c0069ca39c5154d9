import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
export type ToolActivities = { callTool: (input: ToolCallInput) => Promise<ToolResult> };
