/** Tables without `tenant_id`: the platform's own. Every other table is a tenant's and is bound by row-level security. */
export const platformTables: Readonly<Record<string, string>> = {
  tenants: 'its id is the tenant: the same policy stands on `id`',
  gateways: 'a gateway serves every tenant; its row holds an address and a load, nothing of a call',
  dial_accounts:
    'tenants may share an account of the carrier, and its pace holds for all of them; its row holds times and hashes, no name',
  schema_migrations: 'which changes of the schema have been made',
};

/** The functions that see every tenant's rows, and what each gives away. */
export const definerFunctions: Readonly<Record<string, string>> = {
  account_credentials:
    'a webhook names an account, and its sealed secret must be known before its signature can be verified',
  all_tenants:
    'what is done for every tenant by turns, such as a change of keys, must know who they are; it returns ids alone',
  call_tenant: 'a callback names a call, and nothing of it can be read before its tenant is known',
  known_numbers: 'an API learns which numbers there are before anybody calls, for the time when the database is away',
  number_tenants:
    "a caller's webhook names a number, and whose it is must be known among all who share the account that signed it",
  live_calls: "a dead gateway's calls and calls without a workflow are looked for across tenants",
};
