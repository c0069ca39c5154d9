import { Migration } from '@mikro-orm/migrations';
import { bindToTenant, makeImmutable } from './statements.ts';

/** Assistants, tools, flows and the numbers that lead to them. Keys of two columns keep a row from naming another tenant's. */
export class RoutingMigration extends Migration {
  override name = 'm0002-routing';

  override up(): void {
    const statements = [
      `create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'rows of % are immutable', tg_table_name using errcode = 'restrict_violation';
      end $$`,

      `create table assistants (
        tenant_id text not null references tenants,
        id text not null,
        name text not null,
        live_version int not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (tenant_id, id))`,
      ...bindToTenant('assistants', 'select, insert, update'),
      `create table assistant_versions (
        tenant_id text not null,
        assistant_id text not null,
        version int not null check (version > 0),
        document jsonb not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, assistant_id, version),
        foreign key (tenant_id, assistant_id) references assistants)`,
      ...bindToTenant('assistant_versions', 'select, insert'),
      ...makeImmutable('assistant_versions'),
      `alter table assistants add foreign key (tenant_id, id, live_version) references assistant_versions
        deferrable initially deferred`,

      `create table tools (
        tenant_id text not null references tenants,
        id text not null,
        name text not null,
        definition jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (tenant_id, id))`,
      ...bindToTenant('tools', 'select, insert, update, delete'),

      `create table flows (
        tenant_id text not null references tenants,
        id text not null,
        name text not null,
        draft jsonb not null,
        live_version int null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (tenant_id, id))`,
      ...bindToTenant('flows', 'select, insert, update'),
      `create table flow_versions (
        tenant_id text not null,
        flow_id text not null,
        version int not null check (version > 0),
        document jsonb not null,
        published_by text null,
        published_at timestamptz not null default now(),
        primary key (tenant_id, flow_id, version),
        foreign key (tenant_id, flow_id) references flows)`,
      ...bindToTenant('flow_versions', 'select, insert'),
      ...makeImmutable('flow_versions'),
      'alter table flows add foreign key (tenant_id, id, live_version) references flow_versions',

      `create table phone_numbers (
        tenant_id text not null references tenants,
        id text not null,
        phone_number text not null,
        account_id text not null,
        flow_id text not null,
        pinned_version int null,
        language text not null,
        degraded_plan jsonb not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, id),
        constraint phone_numbers_number_unique unique (tenant_id, phone_number),
        foreign key (tenant_id, flow_id) references flows,
        foreign key (tenant_id, flow_id, pinned_version) references flow_versions)`,
      ...bindToTenant('phone_numbers', 'select, insert, update, delete'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
