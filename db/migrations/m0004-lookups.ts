import { Migration } from '@mikro-orm/migrations';
import { handToLookup } from './statements.ts';

/** What must be known before a tenant is. The role that owns these functions may read just these columns. */
export class LookupsMigration extends Migration {
  override name = 'm0004-lookups';

  override up(): void {
    const definer = "language sql stable security definer set search_path = ''";
    const statements = [
      'create policy lookup_reads on provider_credentials for select to switchboard_lookup using (true)',
      'grant select (tenant_id, id, provider, account_id, sealed_secret) on provider_credentials to switchboard_lookup',
      'create policy lookup_reads on call_sessions for select to switchboard_lookup using (true)',
      `grant select (tenant_id, call_id, phase, epoch, gateway_id, carrier_account_id, carrier_call_id, degraded_plan,
        admitted_at, adopted_at, created_at, ended_at) on call_sessions to switchboard_lookup`,

      `create function account_credentials(of_provider text, of_account text)
        returns table (tenant_id text, credential_id text, sealed_secret text) ${definer}
        as $$ select c.tenant_id, c.id, c.sealed_secret from public.provider_credentials c
              where c.provider = of_provider and c.account_id = of_account $$`,
      ...handToLookup('account_credentials(text, text)'),

      `create function call_tenant(of_call text) returns text ${definer}
        as $$ select s.tenant_id from public.call_sessions s where s.call_id = of_call $$`,
      ...handToLookup('call_tenant(text)'),

      `create function live_calls(of_gateway text)
        returns table (tenant_id text, call_id text, phase text, epoch int, gateway_id text, carrier_account_id text,
          carrier_call_id text, degraded_plan jsonb, age_ms double precision, adopted boolean) ${definer}
        as $$ select s.tenant_id, s.call_id, s.phase, s.epoch, s.gateway_id, s.carrier_account_id, s.carrier_call_id,
                s.degraded_plan, extract(epoch from now() - coalesce(s.admitted_at, s.created_at)) * 1000,
                s.adopted_at is not null
              from public.call_sessions s
              where s.ended_at is null and (of_gateway is null or s.gateway_id = of_gateway) $$`,
      ...handToLookup('live_calls(text)'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
