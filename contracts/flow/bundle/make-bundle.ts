import { AppError } from '../../errors.ts';
import type { JsonObject, ToolDefinition } from '../../tools.ts';
import type { FlowDocument } from '../document.ts';
import { own } from '../own.ts';
import { fieldsOf } from '../validation/fields.ts';
import { secretIn } from '../validation/secret-forms.ts';
import type { ValidationContext } from '../validation/validation-context.ts';
import type { FlowBundle } from './bundle.ts';
import { idsIn, type ReferredKind } from './referred-ids.ts';

export interface BundleSource {
  flowId: string;
  flow: FlowDocument;
  scenarios: FlowBundle['scenarios'];
  /** What the tenant has. */
  context: ValidationContext;
  webhooks: Readonly<Record<string, { url: string; hasSecret: boolean }>>;
}

/**
 * A flow with what it refers to and no secret: header values of tools are blank, and addresses and bodies that look like they
 * hold one are left out; `leftOut` names them all. Throws `flow-invalid` where the flow or a scenario holds one itself.
 */
export function makeBundle({ flowId, flow, scenarios, context, webhooks }: BundleSource): FlowBundle {
  assertNoSecret('the flow', flow);
  for (const [id, scenario] of Object.entries(scenarios)) assertNoSecret(`the scenario ${id}`, scenario);
  const ids = idsIn([flow, ...entered(context)]);
  const leftOut: string[] = [];
  const of = <Value, Kept>(
    kind: ReferredKind,
    known: Readonly<Record<string, Value>> | undefined,
    keep: (value: Value, id: string) => Kept,
  ) => {
    const kept = ids(kind).flatMap((id): [string, Kept][] => {
      const value = own(known, id);
      return value === undefined ? [] : [[id, keep(value, id)]];
    });
    return kept.length > 0 && { [kind]: Object.fromEntries(kept) };
  };
  const references = {
    ...of('assistants', context.assistants, ({ outcomes, tools }) => ({
      outcomes: outcomes.map(({ name }) => ({ name })),
      ...(tools && { tools: tools.map(({ name }) => ({ name })) }),
    })),
    ...of('calendars', context.calendars, (calendar) => calendar),
    ...of('prompts', context.prompts, ({ audio }) => ({ audio })),
    ...of('queues', context.queues, ({ name }) => ({ name })),
    ...of('agents', context.agents, ({ name }) => ({ name })),
    ...of('tools', context.tools, (tool) => withoutSecrets(tool, leftOut)),
    ...of('webhooks', webhooks, ({ url, hasSecret }, id) => {
      if (hasSecret) leftOut.push(`webhooks.${id}.secret`);
      // Who knows such an address may write to it.
      if (secretIn(url) === undefined && !url.includes('?')) return { url };
      leftOut.push(`webhooks.${id}.url`);
      return {};
    }),
    ...of('flows', context.flows, ({ liveVersion, versions }) => ({
      ...(liveVersion !== undefined && { liveVersion }),
      versions: JSON.parse(JSON.stringify(versions)),
    })),
  };
  return {
    bundleVersion: 1,
    flowId,
    leftOut,
    flow,
    scenarios,
    ...(Object.keys(references).length > 0 && { references }),
  };
}

function entered({ flows = {} }: ValidationContext): FlowDocument[] {
  return Object.values(flows).flatMap(({ versions }) => Object.values(versions));
}

function withoutSecrets(tool: ToolDefinition, leftOut: string[]) {
  const { toolId, headers, endpoint, body, ...rest } = tool;
  const blank = Object.fromEntries(Object.keys(headers).map((name) => [name, '']));
  for (const name of Object.keys(headers)) leftOut.push(`tools.${toolId}.headers.${name}`);
  const keepsEndpoint = secretIn(endpoint) === undefined;
  if (!keepsEndpoint) leftOut.push(`tools.${toolId}.endpoint`);
  const keepsBody = body === undefined || secretIn(JSON.stringify(body)) === undefined;
  if (!keepsBody) leftOut.push(`tools.${toolId}.body`);
  return {
    ...rest,
    toolId,
    headers: blank,
    ...(keepsEndpoint && { endpoint }),
    ...(body !== undefined && keepsBody && { body }),
  };
}

function assertNoSecret(what: string, document: FlowDocument | JsonObject): void {
  for (const { at, value } of fieldsOf(document, '')) {
    const form = typeof value === 'string' ? secretIn(value) : undefined;
    if (form !== undefined)
      throw new AppError(
        'flow-invalid',
        `${what} holds at ${at} what looks like a ${form}: keep it with the tool that needs it`,
      );
  }
}
