import { RowLevelSecurityViolationException } from '@mikro-orm/core';
import { AppError } from '../contracts/errors.ts';

const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENETUNREACH',
]);
const connectionMessages =
  /connection terminated|connection ended|timeout exceeded when trying to connect|query read timeout|not queryable|connect timeout/i;

/**
 * What a failed query means, without the row values and statement texts that a driver puts into its messages: those may
 * hold what a caller said. Our own errors pass as they are.
 */
export function asDatabaseFailure(failure: unknown): unknown {
  if (failure instanceof AppError || !(failure instanceof Error)) return failure;
  const { code, constraint, table } = factsOf(failure);
  if (isUnavailable(failure, code)) {
    return new AppError('database-unavailable', `the database cannot be reached (${code ?? 'connection lost'})`);
  }
  if (code === undefined) return failure;
  return new DatabaseRefusal(code, {
    constraint,
    table,
    byPolicy: failure instanceof RowLevelSecurityViolationException,
  });
}

interface Refusal {
  constraint: string | undefined;
  table: string | undefined;
  byPolicy: boolean;
}

/** A statement that the database refused, by SQLSTATE. */
export class DatabaseRefusal extends Error {
  readonly sqlState: string;
  readonly constraint: string | undefined;
  /** The row is another tenant's, or would be. */
  readonly byPolicy: boolean;

  constructor(sqlState: string, { constraint, table, byPolicy }: Refusal) {
    const where = [
      constraint && `constraint ${constraint}`,
      table && `table ${table}`,
      byPolicy && 'row-level security',
    ];
    super(`the database refused a statement (${['SQLSTATE ' + sqlState, ...where].filter(Boolean).join(', ')})`);
    this.name = 'DatabaseRefusal';
    this.sqlState = sqlState;
    this.constraint = constraint;
    this.byPolicy = byPolicy;
  }
}

/** Whether the database rolled a transaction back for the sake of another: a deadlock, or a conflict of snapshots. */
export const isWithdrawn = (failure: unknown): boolean =>
  failure instanceof DatabaseRefusal && (failure.sqlState === '40P01' || failure.sqlState === '40001');

/** What trying again may cure: a server that is away, full, shutting down, or gave up a statement or a lock for its timeout. */
function isUnavailable(failure: Error, code: string | undefined): boolean {
  if (code !== undefined) return connectionErrors.has(code) || /^(08|53|57P|57014|25P03|55P03)/.test(code);
  return connectionMessages.test(failure.message);
}

function factsOf(failure: Error): { code?: string; constraint?: string; table?: string } {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const fact = (name: string): string | undefined => text(Object.getOwnPropertyDescriptor(failure, name)?.value);
  return { code: fact('code'), constraint: fact('constraint'), table: fact('table') };
}
