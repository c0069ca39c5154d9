import { Migration } from '@mikro-orm/migrations';
import { bindToTenant } from './statements.ts';

/**
 * Calls and what is kept of them. Rows about a call have no foreign key to its session: while the database was away
 * they wait elsewhere and may arrive first.
 */
export class CallsMigration extends Migration {
  override name = 'm0003-calls';

  override up(): void {
    const statements = [
      `create table call_sessions (
        tenant_id text not null references tenants,
        call_id text not null,
        direction text not null default 'inbound' check (direction in ('inbound', 'outbound')),
        phase text not null default 'new',
        carrier_account_id text null,
        carrier_call_id text null,
        from_number text null,
        to_number text null,
        language text null,
        flow_id text null,
        flow_version int null,
        degraded_plan jsonb null,
        admitted_at timestamptz null,
        adopted_at timestamptz null,
        ended_at timestamptz null,
        end_reason text null,
        duration_ms int null,
        epoch int not null default 0,
        stream_id text null,
        gateway_id text null,
        epochs_began jsonb not null default '{}',
        outcome text null,
        outcome_epoch int null,
        sealed_resumption text null,
        resumption_epoch int null,
        created_at timestamptz not null default now(),
        primary key (call_id))`,
      'create index call_sessions_recent_index on call_sessions (tenant_id, created_at)',
      'create index call_sessions_live_index on call_sessions (gateway_id) where ended_at is null',
      ...bindToTenant('call_sessions', 'select, insert, update, delete'),

      `create table transcripts (
        tenant_id text not null,
        call_id text not null,
        epoch int not null,
        seq int not null,
        speaker text not null check (speaker in ('caller', 'assistant', 'agent')),
        start_ms int not null,
        end_ms int not null,
        text text not null,
        text_missing boolean not null default false,
        heard_text text not null,
        interrupted boolean not null default false,
        latency_ms int null,
        language text null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, call_id, epoch, seq))`,
      ...bindToTenant('transcripts', 'select, insert, update, delete'),

      `create table call_events (
        tenant_id text not null,
        call_id text not null,
        event_id text not null,
        kind text not null,
        at timestamptz not null,
        data jsonb not null default '{}',
        primary key (tenant_id, call_id, event_id))`,
      'create index call_events_kind_index on call_events (tenant_id, kind, at)',
      ...bindToTenant('call_events', 'select, insert, delete'),

      `create table tool_logs (
        tenant_id text not null,
        call_id text not null,
        function_call_id text not null,
        tool_id text not null,
        name text not null,
        epoch int not null,
        parameters jsonb not null,
        result jsonb not null,
        status text not null check (status in ('ok', 'failed', 'timeout', 'cancelled')),
        attempts int not null,
        latency_ms int not null,
        started_at timestamptz not null,
        primary key (tenant_id, call_id, function_call_id))`,
      ...bindToTenant('tool_logs', 'select, insert, update, delete'),

      `create table cost_entries (
        tenant_id text not null,
        call_id text not null,
        entry_id text not null,
        kind text not null,
        unit text not null,
        quantity bigint not null,
        amount_millionths bigint not null,
        currency text not null check (currency ~ '^[A-Z]{3}$'),
        priced_on text not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, call_id, entry_id))`,
      ...bindToTenant('cost_entries', 'select, insert, update, delete'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
