import { defineEntity, p } from '@mikro-orm/core';
import type { ContactMapping } from '../../contracts/contact-tool.ts';
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
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
    /** Asked before the flow begins, to fill `contact.*`. */
    contactToolId: p.text().nullable(),
    contactMapping: p.json<ContactMapping>().nullable(),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'phone_numbers_number_unique', properties: ['tenantId', 'phoneNumber'] }],
  indexes: [{ name: 'phone_numbers_number_index', properties: ['phoneNumber'] }],
  ...boundToTenant(),
});
