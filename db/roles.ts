/** The three roles of a Switchboard database, and the statements that make them. */

/** Owns tables and runs migrations. Bound by row-level security like everybody else: every table forces it. */
export const ownerRole = 'switchboard_owner';
/** The processes' role. Never a superuser, never BYPASSRLS, owns nothing. */
export const applicationRole = 'switchboard_app';
/** Owns the few functions that must know something before the tenant is known. Nobody can log in as it. */
export const lookupRole = 'switchboard_lookup';

/**
 * What an administrator runs once in a cluster, before the database is made. Repeatable. Needs Postgres 16 or later.
 * `inherit false`: the owner may hand functions over to the lookup role, but does not see through its policies.
 */
export const roleStatements: readonly string[] = [
  ...[ownerRole, applicationRole, lookupRole].map(
    (role) => `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
  ),
  `alter role ${ownerRole} login nosuperuser nobypassrls nocreatedb nocreaterole`,
  `alter role ${applicationRole} login nosuperuser nobypassrls nocreatedb nocreaterole`,
  `alter role ${lookupRole} nologin nosuperuser nobypassrls nocreatedb nocreaterole`,
  `grant ${lookupRole} to ${ownerRole} with inherit false, set true`,
];
