import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, instant, ownId } from './tenant-table.ts';

/** A running gateway process; the id is new at each boot. Freshness is judged by the database's clock alone. */
export const GatewayEntity = defineEntity({
  name: 'Gateway',
  tableName: 'gateways',
  properties: {
    id: ownId(),
    /** Public `wss://` address of its media endpoint. */
    mediaUrl: p.text(),
    calls: p.integer().default(0),
    capacity: p.integer(),
    draining: p.boolean().default(false),
    startedAt: createdAt(),
    touchedAt: instant().defaultRaw('now()'),
  },
});

/** When an account of the carrier dials next, and who waits, by hash. Changed under its lock only. */
export const DialAccountEntity = defineEntity({
  name: 'DialAccount',
  tableName: 'dial_accounts',
  properties: {
    accountId: p.text().primary(),
    queue: p.json(),
    touchedAt: instant().defaultRaw('now()'),
  },
});
