/** Statements that the migrations share. Migrations are history: change none of these, add another. */
const rule = (column: string): string => `${column} = nullif(current_setting('app.tenant', true), '')`;

/** Binds a table, its owner included, to the tenant of the job, and grants the application what it may do there. */
export const bindToTenant = (table: string, grants: string, column = 'tenant_id'): string[] => [
  `alter table ${table} enable row level security`,
  `alter table ${table} force row level security`,
  `create policy tenant_isolation on ${table} using (${rule(column)}) with check (${rule(column)})`,
  `grant ${grants} on ${table} to switchboard_app`,
];

/** Refuses update and delete of what has been published. */
export const makeImmutable = (table: string): string[] => [
  `create trigger ${table}_immutable before update or delete on ${table} for each row execute function refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

/** Hands a security definer function over to the lookup role and lets the application alone run it. */
export const handToLookup = (signature: string): string[] => [
  `revoke all on function ${signature} from public`,
  `grant execute on function ${signature} to switchboard_app`,
  'grant create on schema public to switchboard_lookup',
  `alter function ${signature} owner to switchboard_lookup`,
  'revoke create on schema public from switchboard_lookup',
];
