import { defineEntity, p } from '@mikro-orm/core';
import type { Calendar } from '../../contracts/flow/calendar/calendar.ts';
import type { PromptReference } from '../../contracts/flow/compiled.ts';
import { boundToTenant, createdAt, ownId, tenantId } from './tenant-table.ts';

/** What flows refer to by id beside assistants and tools. A published flow carries what it needs of it. */
const named = () => ({
  tenantId: tenantId(),
  id: ownId(),
  name: p.text(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const CalendarEntity = defineEntity({
  name: 'Calendar',
  tableName: 'calendars',
  properties: { ...named(), definition: p.json<Calendar>() },
  ...boundToTenant(),
});

export const QueueEntity = defineEntity({
  name: 'Queue',
  tableName: 'queues',
  properties: named(),
  ...boundToTenant(),
});

/** A person who takes calls. */
export const AgentEntity = defineEntity({
  name: 'Agent',
  tableName: 'agents',
  properties: named(),
  ...boundToTenant(),
});

/** Where a flow's notices are POSTed; the secret that signs them is sealed. */
export const WebhookEntity = defineEntity({
  name: 'Webhook',
  tableName: 'webhooks',
  properties: { ...named(), url: p.text(), sealedSecret: p.text().nullable() },
  ...boundToTenant(),
});

/** A recorded prompt: a file for each language. */
export const AudioPromptEntity = defineEntity({
  name: 'AudioPrompt',
  tableName: 'audio_prompts',
  properties: { ...named(), audio: p.json<PromptReference['audio']>() },
  ...boundToTenant(),
});

/** A prompt's file; its id is the SHA-256 of its bytes, so that a version's prompts stay what they were. */
export const PromptFileEntity = defineEntity({
  name: 'PromptFile',
  tableName: 'prompt_files',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    contentType: p.text(),
    bytes: p.blob(),
    createdAt: createdAt(),
  },
  ...boundToTenant(),
});
