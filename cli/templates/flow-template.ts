/** The template flows of `contracts/flow/templates/`, one folder each: the flow, what it refers to, its assistants. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calendar } from '../../contracts/flow/calendar/calendar.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { JsonObject, ToolDefinition } from '../../contracts/tools.ts';

export const templatesFolder = join(import.meta.dirname, '../../contracts/flow/templates');

export interface FlowTemplate {
  /** The folder's, such as `opening-hours`. */
  name: string;
  flow: FlowDocument;
  calendars: Readonly<Record<string, Calendar>>;
  tools: Readonly<Record<string, ToolDefinition>>;
  webhooks: Readonly<Record<string, { url: string }>>;
  /** Assistant documents, as `npm run seed` takes them. */
  assistants: readonly Record<string, unknown>[];
  /** By name, as they are kept with the flow. */
  scenarios: Readonly<Record<string, JsonObject>>;
}

export function templateNames(): string[] {
  return readdirSync(templatesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** Tools and webhooks lead to the small CRM that runs here. */
export function readTemplate(name: string, crmPort = 4030): FlowTemplate {
  const folder = join(templatesFolder, name);
  const files = readdirSync(folder);
  const json = (file: string) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8').replaceAll('127.0.0.1:4030', `127.0.0.1:${crmPort}`));
  const {
    calendars = {},
    tools = {},
    webhooks = {},
  } = files.includes('references.json') ? json('references.json') : {};
  const flow: FlowDocument = json('flow.json');
  const assistants = files.filter((file) => file.startsWith('assistant-')).toSorted();
  const scenarios = files.filter((file) => file.endsWith('.scenario.json')).toSorted();
  return {
    name,
    flow,
    calendars,
    tools,
    webhooks,
    assistants: assistants.map(json),
    scenarios: Object.fromEntries(scenarios.map((file) => [file.replace('.scenario.json', ''), json(file)])),
  };
}
