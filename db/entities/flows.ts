import { defineEntity, p } from '@mikro-orm/core';
import type { CompiledFlow } from '../../contracts/flow/compiled.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import { boundToTenant, createdAt, instant, ownId, tenantId } from './tenant-table.ts';

export const FlowEntity = defineEntity({
  name: 'Flow',
  tableName: 'flows',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    name: p.text(),
    draft: p.json<FlowDocument>(),
    /** Counts the draft's saves, from 1. */
    draftRevision: p.integer().default(1),
    draftBy: p.text().nullable(),
    /** The version that calls are routed to; absent until the first one is published. */
    liveVersion: p.integer().nullable(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  ...boundToTenant(),
});

/** A draft as it was saved; the latest ones are kept, so that nobody's work is overwritten unseen. */
export const FlowDraftEntity = defineEntity({
  name: 'FlowDraft',
  tableName: 'flow_drafts',
  properties: {
    tenantId: tenantId(),
    flowId: ownId(),
    revision: p.integer().primary(),
    document: p.json<FlowDocument>(),
    savedBy: p.text().nullable(),
    savedAt: instant().defaultRaw('now()'),
  },
  ...boundToTenant(),
});

/** A published flow. Immutable: a trigger refuses update and delete. */
export const FlowVersionEntity = defineEntity({
  name: 'FlowVersion',
  tableName: 'flow_versions',
  properties: {
    tenantId: tenantId(),
    flowId: ownId(),
    version: p.integer().primary(),
    document: p.json<FlowDocument>(),
    publishedBy: p.text().nullable(),
    publishedAt: createdAt(),
    note: p.text().nullable(),
    /** SHA-256 of the document as `stringifyFlow` writes it, hexadecimal. */
    hash: p.text().nullable(),
    /** The older version whose document this is, where it was rolled back to. */
    restores: p.integer().nullable(),
    /** By id: the scenarios that it passed. */
    scenarios: p.json<Readonly<Record<string, JsonObject>>>().nullable(),
    /** With all that it refers to but assistants; absent where an older version of this code published it. */
    compiled: p.json<CompiledFlow>().nullable(),
  },
  ...boundToTenant(),
});

/** A scenario of a flow: it must pass before a version is published. */
export const FlowScenarioEntity = defineEntity({
  name: 'FlowScenario',
  tableName: 'flow_scenarios',
  properties: {
    tenantId: tenantId(),
    flowId: ownId(),
    id: ownId(),
    document: p.json<JsonObject>(),
    updatedAt: createdAt(),
  },
  ...boundToTenant(),
});
