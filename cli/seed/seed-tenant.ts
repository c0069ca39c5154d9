import { assistantFromDocument, readAssistantDocument } from '../../contracts/assistant-document.ts';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
import { AppError } from '../../contracts/errors.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { readFlowDocument, validate } from '../../contracts/flow/validate.ts';
import { hasFlowShape } from '../../contracts/flow/validation/shape.ts';
import type { ValidationContext } from '../../contracts/flow/validation/validation-context.ts';
import { localize } from '../../contracts/languages.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { contextWith, type FlowParts } from '../../db/flow-parts.ts';
import type { FlowOutOfStep } from '../../db/flows-out-of-step.ts';
import type { PhoneNumber } from '../../db/phone-numbers.ts';
import { assistantFlow } from './assistant-flow.ts';
import { defaultPlan } from './default-plan.ts';
import { type SeedSecrets, storeSecrets } from './seed-secrets.ts';
import type { SeedStores } from './seed-stores.ts';

export interface SeedRequest extends SeedSecrets {
  /** Assistant documents of one tenant, as parsed JSON; where there are none, tenant, flow and its id are said. */
  documents: readonly unknown[];
  tenantId?: string;
  /** Absent: `start -> assistant -> hangup` of the first assistant. */
  flow?: unknown;
  /** Absent: the first assistant's. */
  flowId?: string;
  /** What the flow refers to beside assistants and what the tenant has. */
  parts?: FlowParts;
  /** By id: put in place of all that the flow had. Absent: they stay. */
  scenarios?: Readonly<Record<string, JsonObject>>;
  /** Routes this number to the flow. */
  number?: Pick<PhoneNumber, 'phoneNumber' | 'accountId' | 'contactTool'> & {
    degradedPlan?: DegradedPlan;
    /** Absent: the first assistant's, else the flow's first. */
    language?: string;
  };
  allowedPrivateHosts?: readonly string[];
}

export interface SeedResult {
  tenantId: string;
  flowVersionId: string;
  assistants: readonly AssistantVersion[];
  /** What was mapped or is missing, and which other flows no longer fit the assistants, for the person who seeds. */
  notices: readonly string[];
}

/** Makes or updates a tenant with assistants, flow and number. Repeatable; everything is checked before anything is written. */
export async function seedTenant(stores: SeedStores, request: SeedRequest): Promise<SeedResult> {
  const { tenantId, flowId, drafts } = readRequest(request);
  const wanted = request.flow ?? drafts.map(({ assistant }) => assistantFlow(assistant))[0];
  const context = await contextOf(stores, { ...request, tenantId, flowId }, wanted, drafts);
  const flow = readFlowDocument(wanted, context);
  const warnings = validate(flow, context).filter(({ severity }) => severity === 'warning');

  const allowed = request.allowedPrivateHosts ?? [];
  await stores.tenants.ensureTenant({ tenantId, name: tenantId, allowedPrivateHosts: allowed });
  if (request.allowedPrivateHosts)
    await stores.tenants.setAllowedPrivateHosts({ tenantId, allowedPrivateHosts: allowed });
  await storeSecrets(stores, tenantId, request);
  const before = await stores.assistants.readLiveAssistants(
    tenantId,
    drafts.map(({ assistant }) => assistant.assistantId),
  );
  const assistants: AssistantVersion[] = [];
  for (const { assistant } of drafts) {
    const { version: _version, versionId: _versionId, ...draft } = assistant;
    for (const tool of draft.tools) await stores.assistants.storeTool(tenantId, tool);
    assistants.push(await stores.assistants.publishAssistant(tenantId, draft));
  }
  await stores.parts.storeParts(tenantId, request.parts ?? {});
  const draft = { tenantId, flowId, document: flow, baseRevision: 'any' as const };
  await stores.drafts.saveDraft({
    ...draft,
    ...(request.scenarios && { scenarios: request.scenarios }),
    savedBy: 'seed',
  });
  const published = await stores.flows.publishFlow({ ...draft, publishedBy: 'seed' });
  if (request.number) await routeNumber(stores, { tenantId, flowId, flow, number: request.number, drafts });
  const outOfStep = await stores.flows.flowsOutOfStep(tenantId, before);
  const notices = [
    ...drafts.flatMap(({ notices: mapped }) => mapped),
    ...warnings.map(({ at, message }) => `flow, ${at}: ${message.en}`),
    ...outOfStep.flatMap(outOfStepWords),
  ];
  return { tenantId, flowVersionId: published.flowVersionId, assistants, notices };
}

/** A flow that calls meet and that this has left behind, by its nodes. */
function outOfStepWords({ flowId, version, problems }: FlowOutOfStep): string[] {
  return problems.map(
    ({ at, message }) =>
      `the flow ${flowId}, which calls meet in version ${version}, no longer fits at ${at}: ${message.en}`,
  );
}

type AssistantFromDocument = ReturnType<typeof assistantFromDocument>;

function readRequest(request: SeedRequest) {
  const documents = request.documents.map(readAssistantDocument);
  const [first] = documents;
  const tenantId = request.tenantId ?? first?.tenant_id;
  const flowId = request.flowId ?? first?.assistant_id;
  if (tenantId === undefined || flowId === undefined || (!first && request.flow === undefined))
    throw new AppError(
      'document-invalid',
      'there is no assistant document to seed, and no flow with its id and tenant',
    );
  if (documents.some((document) => document.tenant_id !== tenantId)) {
    throw new AppError(
      'document-invalid',
      'the assistant documents name different tenants: seed each tenant on its own',
    );
  }
  const drafts = documents.map((document) => assistantFromDocument(document, { versionId: '', version: 0 }));
  return { tenantId, flowId, drafts };
}

/** What the tenant will have when all is written. */
async function contextOf(
  stores: SeedStores,
  { tenantId, flowId, parts = {}, number }: SeedRequest & { tenantId: string; flowId: string },
  flow: unknown,
  drafts: readonly AssistantFromDocument[],
): Promise<ValidationContext> {
  const stored = hasFlowShape(flow) && (await stores.flows.readContext(tenantId, flowId, flow));
  const context = contextWith(stored || { assistants: {}, nowMs: Date.now() }, {
    ...parts,
    tools: [...drafts.flatMap(({ assistant }) => assistant.tools), ...(parts.tools ?? [])],
  });
  const seeded = Object.fromEntries(drafts.map(({ assistant }) => [assistant.assistantId, assistant]));
  const routed = number ? [number.phoneNumber] : [];
  return {
    ...context,
    assistants: { ...context.assistants, ...seeded },
    numbers: [...(context.numbers ?? []), ...routed],
    ownNumbers: [...(context.ownNumbers ?? []), ...routed],
  };
}

async function routeNumber(
  stores: SeedStores,
  seeded: {
    tenantId: string;
    flowId: string;
    flow: FlowDocument;
    number: NonNullable<SeedRequest['number']>;
    drafts: readonly AssistantFromDocument[];
  },
): Promise<void> {
  const { tenantId, flowId, flow, number, drafts } = seeded;
  const { phoneNumber, accountId, contactTool } = number;
  const speaker = drafts[0]?.assistant;
  const language = number.language ?? speaker?.language ?? flow.languages[0] ?? 'en-US';
  const voiceId = speaker?.voice.voiceId ?? localize(flow.voiceId, language);
  await stores.numbers.routeNumber(tenantId, {
    phoneNumber,
    accountId,
    flowId,
    language,
    degradedPlan: number.degradedPlan ?? defaultPlan(language, voiceId),
    ...(contactTool && { contactTool }),
  });
}
