import { defineEntity, p } from '@mikro-orm/core';
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { boundToTenant, createdAt, ownId, tenantId } from './tenant-table.ts';

export const PhoneNumberEntity = defineEntity({
  name: 'PhoneNumber',
  tableName: 'phone_numbers',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    /** E.164. */
    phoneNumber: p.text(),
    /** The carrier's account that the number belongs to. */
    accountId: p.text(),
    flowId: p.text(),
    /** A version the number stays on; absent: it follows the flow's live version. */
    pinnedVersion: p.integer().nullable(),
    language: p.text(),
    degradedPlan: p.json<DegradedPlan>(),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'phone_numbers_number_unique', properties: ['tenantId', 'phoneNumber'] }],
  ...boundToTenant(),
});

export const FlowEntity = defineEntity({
  name: 'Flow',
  tableName: 'flows',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    name: p.text(),
    draft: p.json<FlowDocument>(),
    /** The version that calls are routed to; absent until the first one is published. */
    liveVersion: p.integer().nullable(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
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
  },
  ...boundToTenant(),
});
