import { defineEntity, p } from '@mikro-orm/core';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { ToolDefinition } from '../../contracts/tools.ts';
import { boundToTenant, createdAt, ownId, tenantId } from './tenant-table.ts';

export const AssistantEntity = defineEntity({
  name: 'Assistant',
  tableName: 'assistants',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    name: p.text(),
    liveVersion: p.integer(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  ...boundToTenant(),
});

/** One version of an assistant, complete with its tools. Immutable: a trigger refuses update and delete. */
export const AssistantVersionEntity = defineEntity({
  name: 'AssistantVersion',
  tableName: 'assistant_versions',
  properties: {
    tenantId: tenantId(),
    assistantId: ownId(),
    version: p.integer().primary(),
    document: p.json<AssistantVersion>(),
    createdAt: createdAt(),
  },
  ...boundToTenant(),
});

/** The tenant's tools as they stand now; a published assistant carries its own copy. */
export const ToolEntity = defineEntity({
  name: 'Tool',
  tableName: 'tools',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    name: p.text(),
    definition: p.json<ToolDefinition>(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  ...boundToTenant(),
});
