import { TenancyMigration } from './m0001-tenancy.ts';
import { RoutingMigration } from './m0002-routing.ts';
import { CallsMigration } from './m0003-calls.ts';
import { LookupsMigration } from './m0004-lookups.ts';
import { VisitsMigration } from './m0005-visits.ts';
import { KnownNumbersMigration } from './m0006-known-numbers.ts';
import { SensitiveTurnsMigration } from './m0007-sensitive-turns.ts';
import { DialAccountsMigration } from './m0008-dial-accounts.ts';
import { RecordingsMigration } from './m0010-recordings.ts';
import { CallTagsMigration } from './m0011-call-tags.ts';
import { FlowVersionsMigration } from './m0009-flow-versions.ts';
import { NumberTenantsMigration } from './m0012-number-tenants.ts';
import { AllTenantsMigration } from './m0014-all-tenants.ts';
import { TurnRevisionsMigration } from './m0013-turn-revisions.ts';

/** Every change of the schema, in order. A published one is never edited: add the next. */
export const allMigrations = [
  { name: 'm0001-tenancy', class: TenancyMigration },
  { name: 'm0002-routing', class: RoutingMigration },
  { name: 'm0003-calls', class: CallsMigration },
  { name: 'm0004-lookups', class: LookupsMigration },
  { name: 'm0005-visits', class: VisitsMigration },
  { name: 'm0006-known-numbers', class: KnownNumbersMigration },
  { name: 'm0007-sensitive-turns', class: SensitiveTurnsMigration },
  { name: 'm0008-dial-accounts', class: DialAccountsMigration },
  { name: 'm0009-flow-versions', class: FlowVersionsMigration },
  { name: 'm0010-recordings', class: RecordingsMigration },
  { name: 'm0011-call-tags', class: CallTagsMigration },
  { name: 'm0012-number-tenants', class: NumberTenantsMigration },
  { name: 'm0013-turn-revisions', class: TurnRevisionsMigration },
  { name: 'm0014-all-tenants', class: AllTenantsMigration },
];
