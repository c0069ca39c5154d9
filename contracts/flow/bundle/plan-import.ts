import { isObject } from '../bounds.ts';
import { own } from '../own.ts';
import type { Json, ToolDefinition } from '../../tools.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { ValidationContext } from '../validation/validation-context.ts';
import type { FlowBundle } from './bundle.ts';
import { idsIn, type ReferredKind } from './referred-ids.ts';

/** What an export left out, given again. */
export interface ImportSecrets {
  tools?: Readonly<Record<string, { headers?: Readonly<Record<string, string>>; endpoint?: string; body?: Json }>>;
  webhooks?: Readonly<Record<string, { url?: string; secret?: string }>>;
}

/** What a tenant gets that it lacks, by id. */
export interface ImportedParts {
  calendars: Record<string, Calendar>;
  tools: ToolDefinition[];
  /** Ids of recordings, by language. */
  prompts: Record<string, Record<string, string>>;
  webhooks: Record<string, { url: string; secret?: string }>;
  queues: Record<string, { name: string }>;
  agents: Record<string, { name: string }>;
}

export interface ImportPlan {
  create: ImportedParts;
  /** What stays missing, each with what would help; the flow can be saved but not published. */
  missing: readonly { kind: ReferredKind; id: string; needs: string }[];
}

/** What of a bundle a tenant lacks: made where the bundle has enough of it, named where not. What is there is never changed. */
export function planImport(bundle: FlowBundle, context: ValidationContext, secrets: ImportSecrets): ImportPlan {
  const { flow, references = {}, audio = {}, leftOut } = bundle;
  const create: ImportedParts = { calendars: {}, tools: [], prompts: {}, webhooks: {}, queues: {}, agents: {} };
  const missing: { kind: ReferredKind; id: string; needs: string }[] = [];
  const ids = idsIn([flow]);
  const lacking = (kind: ReferredKind): string[] => ids(kind).filter((id) => own(context[kind], id) === undefined);
  const miss = (kind: ReferredKind, id: string, needs: string): void => void missing.push({ kind, id, needs });
  const elsewhere = 'make it here, or map it to one that is here';

  for (const id of lacking('calendars')) {
    const calendar = own(references.calendars, id);
    if (calendar) create.calendars[id] = calendar;
    else miss('calendars', id, elsewhere);
  }
  for (const kind of ['queues', 'agents'] as const)
    for (const id of lacking(kind)) {
      const named = own(references[kind], id);
      if (named) create[kind][id] = named;
      else miss(kind, id, elsewhere);
    }
  for (const id of lacking('prompts')) {
    const prompt = own(references.prompts, id);
    const files = Object.entries(prompt?.audio ?? {}).map(([language, { audioId }]) => [language, audioId]);
    const isThere = files.length > 0 && files.every(([, audioId = '']) => own(audio, audioId) !== undefined);
    if (isThere) create.prompts[id] = Object.fromEntries(files);
    else miss('prompts', id, 'its recordings did not come with the flow: export it with them, or map it');
  }
  for (const id of lacking('tools')) {
    const tool = toolOf(id, own(references.tools, id), own(secrets.tools, id), leftOut);
    if ('needs' in tool) miss('tools', id, tool.needs);
    else create.tools.push(tool);
  }
  for (const id of lacking('webhooks')) {
    const webhook = webhookOf(id, own(references.webhooks, id), own(secrets.webhooks, id), leftOut);
    if ('needs' in webhook) miss('webhooks', id, webhook.needs);
    else create.webhooks[id] = webhook;
  }
  for (const id of lacking('assistants')) miss('assistants', id, elsewhere);
  for (const id of lacking('flows')) miss('flows', id, 'import and publish it first, or map it');
  return { create, missing };
}

type GivenTool = NonNullable<NonNullable<FlowBundle['references']>['tools']>[string];
type ToolSecrets = NonNullable<ImportSecrets['tools']>[string];

function toolOf(
  toolId: string,
  given: GivenTool | undefined,
  secrets: ToolSecrets = {},
  leftOut: readonly string[],
): ToolDefinition | { needs: string } {
  if (!given) return { needs: 'make it here, or map it to one that is here' };
  const headers = { ...given.headers, ...secrets.headers };
  const endpoint = secrets.endpoint ?? given.endpoint;
  const body = secrets.body ?? given.body;
  const blank = Object.keys(headers).filter((name) => headers[name] === '');
  const needed = [
    ...blank.map((name) => `its header ${name}`),
    ...(endpoint === undefined ? ['its endpoint'] : []),
    ...(body === undefined && leftOut.includes(`tools.${toolId}.body`) ? ['its body'] : []),
  ];
  if (needed.length > 0 || endpoint === undefined)
    return { needs: `give ${needed.join(', ')} with the secrets, or map it to one that is here` };
  const { name = toolId, description = '', method = 'POST', timeoutMs = 8000 } = given;
  const { parameters, idempotent = false, maxResponseBytes = 65_536 } = given;
  return {
    toolId,
    name,
    description,
    type: 'http',
    ...(isObject(parameters) && { parameters }),
    endpoint,
    method,
    headers,
    ...(body !== undefined && { body }),
    timeoutMs,
    idempotent,
    maxResponseBytes,
  };
}

function webhookOf(
  webhookId: string,
  given: Readonly<Record<string, unknown>> | undefined,
  secrets: { url?: string; secret?: string } = {},
  leftOut: readonly string[],
): { url: string; secret?: string } | { needs: string } {
  if (!given) return { needs: 'make it here, or map it to one that is here' };
  const url = secrets.url ?? given['url'];
  const { secret } = secrets;
  const needed = [
    ...(typeof url === 'string' ? [] : ['its url']),
    ...(secret === undefined && leftOut.includes(`webhooks.${webhookId}.secret`) ? ['its secret'] : []),
  ];
  if (needed.length > 0 || typeof url !== 'string')
    return { needs: `give ${needed.join(', ')} with the secrets, or map it to one that is here` };
  return { url, ...(secret !== undefined && { secret }) };
}
