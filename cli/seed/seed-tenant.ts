import { assistantFromDocument, readAssistantDocument } from '../../contracts/assistant-document.ts';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
import { AppError } from '../../contracts/errors.ts';
import { readFlowDocument, validate } from '../../contracts/flow/validate.ts';
import { assistantFlow } from './assistant-flow.ts';
import { defaultPlan } from './default-plan.ts';
import type { SeedStores } from './seed-stores.ts';

export interface SeedRequest {
  /** Assistant documents of one tenant, as parsed JSON. */
  documents: readonly unknown[];
  /** Absent: `start -> assistant -> hangup` of the first assistant. */
  flow?: unknown;
  /** Routes this number to the flow. */
  number?: { phoneNumber: string; accountId: string; degradedPlan?: DegradedPlan };
  /** Absent: the tenant keeps what it has. */
  carrier?: { accountId: string; authToken: string };
  modelKey?: string;
  /** For assistants that speak through OpenAI. */
  openAiKey?: string;
  allowedPrivateHosts?: readonly string[];
}

export interface SeedResult {
  tenantId: string;
  flowVersionId: string;
  assistants: readonly AssistantVersion[];
  /** What was mapped or is missing, for the person who seeds. */
  notices: readonly string[];
}

/** Makes or updates a tenant with assistants, flow and number. Repeatable; everything is checked before anything is written. */
export async function seedTenant(stores: SeedStores, request: SeedRequest): Promise<SeedResult> {
  const documents = request.documents.map(readAssistantDocument);
  const [first] = documents;
  if (!first) throw new AppError('document-invalid', 'there is no assistant document to seed');
  const tenantId = first.tenant_id;
  if (documents.some((document) => document.tenant_id !== tenantId)) {
    throw new AppError(
      'document-invalid',
      'the assistant documents name different tenants: seed each tenant on its own',
    );
  }
  const drafts = documents.map((document) => assistantFromDocument(document, { versionId: '', version: 0 }));
  const byId = Object.fromEntries(drafts.map(({ assistant }) => [assistant.assistantId, assistant]));
  const wanted = request.flow ?? drafts.map(({ assistant }) => assistantFlow(assistant))[0];
  const context = { assistants: byId, nowMs: Date.now() };
  const flow = readFlowDocument(wanted, context);
  const warnings = validate(flow, context).filter(({ severity }) => severity === 'warning');

  const allowed = request.allowedPrivateHosts ?? [];
  await stores.tenants.ensureTenant({ tenantId, name: tenantId, allowedPrivateHosts: allowed });
  if (request.allowedPrivateHosts)
    await stores.tenants.setAllowedPrivateHosts({ tenantId, allowedPrivateHosts: allowed });
  if (request.carrier) {
    const { accountId, authToken } = request.carrier;
    await stores.credentials.storeSecret({
      tenantId,
      provider: 'twilio',
      accountId,
      label: 'auth-token',
      secret: authToken,
    });
  }
  if (request.modelKey !== undefined) {
    await stores.credentials.storeSecret({ tenantId, provider: 'gemini', label: 'api-key', secret: request.modelKey });
  }
  if (request.openAiKey !== undefined) {
    await stores.credentials.storeSecret({ tenantId, provider: 'openai', label: 'api-key', secret: request.openAiKey });
  }
  const assistants: AssistantVersion[] = [];
  for (const { assistant } of drafts) {
    const { version: _version, versionId: _versionId, ...draft } = assistant;
    for (const tool of draft.tools) await stores.assistants.storeTool(tenantId, tool);
    assistants.push(await stores.assistants.publishAssistant(tenantId, draft));
  }
  const published = await stores.flows.publishFlow({
    tenantId,
    flowId: first.assistant_id,
    document: flow,
    publishedBy: 'seed',
  });
  if (request.number) {
    const degradedPlan = request.number.degradedPlan ?? defaultPlan(first.language, first.voice_config.voice_id);
    const { phoneNumber, accountId } = request.number;
    await stores.numbers.routeNumber(tenantId, {
      phoneNumber,
      accountId,
      flowId: first.assistant_id,
      language: first.language,
      degradedPlan,
    });
  }
  const notices = [
    ...drafts.flatMap((draft) => draft.notices),
    ...warnings.map(({ at, message }) => `flow, ${at}: ${message.en}`),
  ];
  return { tenantId, flowVersionId: published.flowVersionId, assistants, notices };
}
