/** What a flow refers to, where it is seeded together with the flow. */
import { readCalendar } from '../../contracts/flow/calendar/read-calendar.ts';
import type { PromptReference } from '../../contracts/flow/compiled.ts';
import type { ValidationContext } from '../../contracts/flow/validation/validation-context.ts';
import type { ToolDefinition } from '../../contracts/tools.ts';
import type { SeedStores } from './seed-stores.ts';

/** By id; what is there already is put in its place. */
export interface SeedParts {
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
export function contextWith(context: ValidationContext, parts: SeedParts): ValidationContext {
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

export async function storeParts(stores: SeedStores, tenantId: string, parts: SeedParts): Promise<void> {
  const { calendars = {}, tools = [], prompts = {}, webhooks = {}, queues = {}, agents = {} } = parts;
  for (const [calendarId, calendar] of Object.entries(calendars))
    await stores.calendars.storeCalendar(tenantId, { calendarId, calendar });
  for (const tool of tools) await stores.assistants.storeTool(tenantId, tool);
  for (const [promptId, { name = promptId, files }] of Object.entries(prompts))
    await stores.prompts.storePrompt(tenantId, { promptId, name, files });
  for (const [webhookId, webhook] of Object.entries(webhooks))
    await stores.webhooks.storeWebhook(tenantId, { name: webhookId, ...webhook, webhookId });
  for (const [id, { name }] of Object.entries(queues)) await stores.names.storeQueue(tenantId, { id, name });
  for (const [id, { name }] of Object.entries(agents)) await stores.names.storeAgent(tenantId, { id, name });
}

/** In which languages there will be a recording: the store reads the files. */
function promptOf(files: Readonly<Record<string, Uint8Array>>): PromptReference {
  return {
    audio: Object.fromEntries(Object.keys(files).map((language) => [language, { audioId: '', durationMs: 0 }])),
  };
}
