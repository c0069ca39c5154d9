import type { SeedRequest } from '../seed/seed-tenant.ts';
import { noticeSecret } from '../../simulator/crm/notices.ts';
import { type FlowTemplate, readTemplate } from './flow-template.ts';

/**
 * A template as seeding takes it, with all that it refers to and its scenarios; the flow's id is the template's name. Its
 * tools and webhooks are those of the small CRM that runs here.
 */
export function templateSeed(
  name: string,
  { tenantId, crmPort }: { tenantId: string; crmPort: number },
): SeedRequest & Required<Pick<SeedRequest, 'parts' | 'scenarios'>> {
  const { flow, assistants, calendars, tools, webhooks, scenarios }: FlowTemplate = readTemplate(name, crmPort);
  const signed = Object.fromEntries(
    Object.entries(webhooks).map(([id, webhook]) => [id, { ...webhook, secret: noticeSecret }]),
  );
  return {
    tenantId,
    flowId: name,
    documents: assistants.map((document) => ({ ...document, tenant_id: tenantId })),
    flow,
    parts: { calendars, tools: Object.values(tools), webhooks: signed },
    scenarios,
  };
}
