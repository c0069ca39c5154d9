import { Migration } from '@mikro-orm/migrations';
import { bindToTenant } from './statements.ts';

/** Tenants, their people, keys and secrets; the platform's gateways. */
export class TenancyMigration extends Migration {
  override name = 'm0001-tenancy';

  override up(): void {
    const statements = [
      `create table tenants (
        id text not null check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        name text not null,
        allowed_private_hosts jsonb not null default '[]',
        created_at timestamptz not null default now(),
        primary key (id))`,
      ...bindToTenant('tenants', 'select, insert, update', 'id'),

      `create table users (
        tenant_id text not null references tenants,
        id text not null,
        email text not null,
        display_name text not null,
        role text not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, id),
        constraint users_email_unique unique (tenant_id, email))`,
      ...bindToTenant('users', 'select, insert, update, delete'),

      `create table api_keys (
        tenant_id text not null references tenants,
        id text not null,
        name text not null,
        key_hash text not null,
        scopes jsonb not null default '[]',
        created_at timestamptz not null default now(),
        revoked_at timestamptz null,
        primary key (tenant_id, id),
        constraint api_keys_hash_unique unique (key_hash))`,
      ...bindToTenant('api_keys', 'select, insert, update, delete'),

      `create table provider_credentials (
        tenant_id text not null references tenants,
        id text not null,
        provider text not null,
        account_id text not null default '',
        label text not null,
        sealed_secret text not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (tenant_id, id))`,
      'create index provider_credentials_account_index on provider_credentials (provider, account_id)',
      ...bindToTenant('provider_credentials', 'select, insert, update, delete'),

      `create table gateways (
        id text not null,
        media_url text not null,
        calls int not null default 0,
        capacity int not null,
        draining boolean not null default false,
        started_at timestamptz not null default now(),
        touched_at timestamptz not null default now(),
        primary key (id))`,
      'grant select, insert, update, delete on gateways to switchboard_app',
      'grant select on schema_migrations to switchboard_app',
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
