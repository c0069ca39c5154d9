/**
 * The application's way to Postgres: a pool, and jobs that see one tenant or none.
 *
 * 1. A job is one transaction on a fork of its own; its tenant is set inside the transaction and gone after it.
 * 2. A job without a tenant sees no tenant's row: the policies fail closed.
 * 3. The first job waits for proof that the role is bound by row-level security; without it nothing is read or written.
 * 4. Nothing waits long for a database that is away: 2 s for a connection, 5 s for a statement. The pool recovers by itself.
 */
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { DatabaseError } from 'pg';
import { AppError } from '../contracts/errors.ts';
import { asDatabaseFailure, isWithdrawn } from './database-failure.ts';
import { tenantVariable } from './entities/tenant-table.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { migrationsTable, ormOptions } from './orm-options.ts';
import { giveUpBrokenConnections } from './pool-guard.ts';
import { assertRoleIsBound } from './prepare-database.ts';

export interface Scope {
  /**
   * Runs one job in one transaction, and again where the database withdrew it for another's sake (a deadlock): a job does
   * nothing but talk to the database. Fails with `database-unavailable` where it could not be tried.
   */
  run<T>(job: (em: EntityManager) => Promise<T>): Promise<T>;
  /**
   * Runs one statement, a question mark for each parameter, as a job of its own, in one round trip. Each of the four that
   * `run` takes waits for its turn in a busy process, with the rows locked meanwhile.
   */
  execute<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /** Jobs that see and write this tenant's rows and no other's. */
  forTenant(tenantId: string): Scope;
  /** Jobs on the platform's own tables and the lookups. */
  readonly platform: Scope;
  /** Resolves when a query works and the schema is this code's; else fails with what is not ready. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The application role's URL. */
  url: string;
  /** Connections at most; 10 unless told. */
  poolSize?: number;
  /** Bounds for one statement; 5 s unless told. */
  statementTimeoutMs?: number;
}

const connectionTimeoutMs = 2000;
const maxAttempts = 3;

/** Opens no connection yet: a process starts whether or not its database is up. */
export function openDatabase({ url, poolSize = 10, statementTimeoutMs = 5000 }: DatabaseOptions): Database {
  const orm = new MikroORM(
    ormOptions(url, {
      onPoolCreated: giveUpBrokenConnections,
      max: poolSize,
      connectionTimeoutMillis: connectionTimeoutMs,
      statement_timeout: statementTimeoutMs,
      // The client's own clock, for a server that no longer answers at all.
      query_timeout: statementTimeoutMs + 1000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      application_name: 'switchboard',
    }),
  );
  let bound: Promise<void> | undefined;
  const proveBound = (): Promise<void> => {
    bound ??= assertRoleIsBound(url).catch((failure: unknown) => {
      bound = undefined;
      throw failure;
    });
    return bound;
  };

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let left = maxAttempts - 1; ; left--) {
      try {
        await proveBound();
        return await work();
      } catch (thrown) {
        const failure = asDatabaseFailure(thrown);
        if (left === 0 || !isWithdrawn(failure)) throw failure;
      }
    }
  };
  /** Statements that are sent together are one transaction, and the answer to the last one is theirs. */
  const send = async <Row extends object>(statements: readonly string[]): Promise<Row[]> => {
    const pool = await orm.em.getConnection().getNativeClient();
    const client = await pool.connect();
    try {
      const answers = [await client.query<Row>(statements.join(';\n'))].flat();
      client.release();
      return answers.at(-1)?.rows ?? [];
    } catch (failure) {
      client.release(!endsStatementOnly(failure));
      throw failure instanceof Error ? orm.em.getPlatform().getExceptionConverter().convertException(failure) : failure;
    }
  };

  const scope = (tenantId?: string): Scope => {
    const isolated = (em: EntityManager): EntityManager => {
      if (tenantId !== undefined) em.setSessionContext({ variables: { [tenantVariable]: tenantId } });
      return em;
    };
    const filled = (sql: string, params: readonly unknown[]): string => orm.em.getPlatform().formatQuery(sql, params);
    const asTenant =
      tenantId === undefined ? [] : [filled('select set_config(?, ?, true)', [tenantVariable, tenantId])];
    return {
      run: (job) => attempt(() => isolated(orm.em.fork()).transactional(job)),
      execute: <Row extends object>(sql: string, params: readonly unknown[] = []) =>
        attempt(() => send<Row>([...asTenant, filled(sql, params)])),
    };
  };

  const platform = scope();
  return {
    platform,
    forTenant: (tenantId) => {
      if (tenantId === '') throw new AppError('database-role-unbound', 'a job was given an empty tenant');
      return scope(tenantId);
    },
    ready: () =>
      platform.run(async (em) => {
        const rows = await em.execute<{ name: string }[]>(`select name from ${migrationsTable}`);
        const made = new Set(rows.map(({ name }) => name));
        const missing = allMigrations.filter(({ name }) => !made.has(name)).map(({ name }) => name);
        if (missing.length > 0)
          throw new AppError('not-ready', `the database lacks ${missing.join(', ')}: run the migrations`);
      }),
    close: () => orm.close(true),
  };
}

/** After anything worse the session is over, though its socket may not have heard of it yet. */
const endsStatementOnly = (failure: unknown): boolean =>
  failure instanceof DatabaseError && failure.severity === 'ERROR';
