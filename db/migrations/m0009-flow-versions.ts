import { Migration } from '@mikro-orm/migrations';
import { bindToTenant } from './statements.ts';

/**
 * What a version of a flow carries with it, the drafts before it, and what flows refer to. Versions that were published
 * before have no compiled form: it is made when they are read.
 */
export class FlowVersionsMigration extends Migration {
  override name = 'm0009-flow-versions';

  override up(): void {
    const named = (table: string, columns: string): string =>
      `create table ${table} (
        tenant_id text not null references tenants,
        id text not null,
        name text not null,
        ${columns}
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (tenant_id, id))`;
    const statements = [
      'alter table flows add column draft_revision int not null default 1, add column draft_by text null',
      `create table flow_drafts (
        tenant_id text not null,
        flow_id text not null,
        revision int not null,
        document jsonb not null,
        saved_by text null,
        saved_at timestamptz not null default now(),
        primary key (tenant_id, flow_id, revision),
        foreign key (tenant_id, flow_id) references flows)`,
      ...bindToTenant('flow_drafts', 'select, insert, delete'),

      `alter table flow_versions add column note text null, add column hash text null, add column restores int null,
        add column scenarios jsonb null, add column compiled jsonb null`,
      `create index call_sessions_flow_index on call_sessions (tenant_id, flow_id, flow_version) where ended_at is null`,

      `create table flow_scenarios (
        tenant_id text not null,
        flow_id text not null,
        id text not null,
        document jsonb not null,
        updated_at timestamptz not null default now(),
        primary key (tenant_id, flow_id, id),
        foreign key (tenant_id, flow_id) references flows)`,
      ...bindToTenant('flow_scenarios', 'select, insert, update, delete'),

      named('calendars', 'definition jsonb not null,'),
      ...bindToTenant('calendars', 'select, insert, update, delete'),
      named('queues', ''),
      ...bindToTenant('queues', 'select, insert, update, delete'),
      named('agents', ''),
      ...bindToTenant('agents', 'select, insert, update, delete'),
      named('webhooks', 'url text not null, sealed_secret text null,'),
      ...bindToTenant('webhooks', 'select, insert, update, delete'),

      `create table prompt_files (
        tenant_id text not null references tenants,
        id text not null,
        content_type text not null,
        bytes bytea not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, id))`,
      ...bindToTenant('prompt_files', 'select, insert, delete'),
      named('audio_prompts', 'audio jsonb not null,'),
      ...bindToTenant('audio_prompts', 'select, insert, update, delete'),

      `alter table phone_numbers add column contact_tool_id text null, add column contact_mapping jsonb null,
        add foreign key (tenant_id, contact_tool_id) references tools`,
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
