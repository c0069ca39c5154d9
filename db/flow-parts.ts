/** What a flow refers to, where it comes together with the flow. */
import { readCalendar } from '../contracts/flow/calendar/read-calendar.ts';
import type { PromptReference } from '../contracts/flow/compiled.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import type { ToolDefinition } from '../contracts/tools.ts';
import { createAssistantStore } from './assistants.ts';
import { createPromptStore } from './audio-prompts.ts';
import { createCalendarStore } from './calendars.ts';
import type { Database } from './database.ts';
import { createNameStore } from './queues-and-agents.ts';
import type { Sealer } from './sealing.ts';
import { createWebhookStore } from './webhooks.ts';

/** By id; what is there already is put in its place. */
export interface FlowParts {
  /** As parsed JSON. */
  calendars?: Readonly<Record<string, unknown>>;
  tools?: readonly ToolDefinition[];
  /** WAV files by language. */
  prompts?: Readonly<Record<string, { name?: string; files: Readonly<Record<string, Uint8Array>> }>>;
  webhooks?: Readonly<Record<string, { name?: string; url: string; secret?: string }>>;
  queues?: Readonly<Record<string, { name: string }>>;
  agents?: Readonly<Record<string, { name: string }>>;
}

/** What the tenant has, and what it is about to get. Throws `document-invalid` where a calendar cannot be taken. */
export function contextWith(context: ValidationContext, parts: FlowParts): ValidationContext {
  const { calendars = {}, tools = [], prompts = {}, webhooks, queues, agents } = parts;
  const read = Object.entries(calendars).map(([id, json]) => [id, readCalendar(json, id, context.nowMs)] as const);
  return {
    ...context,
    calendars: { ...context.calendars, ...Object.fromEntries(read) },
    tools: { ...context.tools, ...Object.fromEntries(tools.map((tool) => [tool.toolId, tool])) },
    prompts: {
      ...context.prompts,
      ...Object.fromEntries(Object.entries(prompts).map(([id, { files }]) => [id, promptOf(files)])),
    },
    webhooks: { ...context.webhooks, ...webhooks },
    queues: { ...context.queues, ...queues },
    agents: { ...context.agents, ...agents },
  };
}

export function createFlowPartStore(deps: { database: Database; sealer: Sealer; nowMs: () => number }) {
  const { database } = deps;
  const assistants = createAssistantStore(database);
  const calendarStore = createCalendarStore(deps);
  const promptStore = createPromptStore(database);
  const webhookStore = createWebhookStore(deps);
  const names = createNameStore(database);
  return {
    /** One after the other: what could not be stored is thrown, what was before it stays. */
    storeParts: async (tenantId: string, parts: FlowParts): Promise<void> => {
      const { calendars = {}, tools = [], prompts = {}, webhooks = {}, queues = {}, agents = {} } = parts;
      for (const [calendarId, calendar] of Object.entries(calendars))
        await calendarStore.storeCalendar(tenantId, { calendarId, calendar });
      for (const tool of tools) await assistants.storeTool(tenantId, tool);
      for (const [promptId, { name = promptId, files }] of Object.entries(prompts))
        await promptStore.storePrompt(tenantId, { promptId, name, files });
      for (const [webhookId, webhook] of Object.entries(webhooks))
        await webhookStore.storeWebhook(tenantId, { name: webhookId, ...webhook, webhookId });
      for (const [id, { name }] of Object.entries(queues)) await names.storeQueue(tenantId, { id, name });
      for (const [id, { name }] of Object.entries(agents)) await names.storeAgent(tenantId, { id, name });
    },
  };
}

/** In which languages there will be a recording: the store reads the files. */
function promptOf(files: Readonly<Record<string, Uint8Array>>): PromptReference {
  return {
    audio: Object.fromEntries(Object.keys(files).map((language) => [language, { audioId: '', durationMs: 0 }])),
  };
}
