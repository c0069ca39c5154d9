import { Migration } from '@mikro-orm/migrations';
import { bindToTenant } from './statements.ts';

/** Recordings that the carrier made of calls: one row for each, whatever is told of it how often. */
export class RecordingsMigration extends Migration {
  override name = 'm0010-recordings';

  override up(): void {
    const statements = [
      `create table recordings (
        tenant_id text not null,
        recording_id text not null,
        call_id text not null,
        kind text not null check (kind in ('call', 'voicemail')),
        status text not null default 'pending' check (status in ('pending', 'kept', 'absent', 'discarded')),
        sealed_key text not null,
        object_key text not null,
        channels int null,
        duration_ms int null,
        bytes bigint null,
        sha256 text null,
        recorded_at timestamptz null,
        kept_at timestamptz null,
        carrier_deleted_at timestamptz null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, recording_id))`,
      'create index recordings_call_index on recordings (tenant_id, call_id)',
      ...bindToTenant('recordings', 'select, insert, update, delete'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
