/** When the carrier's accounts dial next. A row is the platform's, since tenants may share an account: it holds no name of theirs. */
import type { DialQueue } from '../contracts/dial-queue.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

export type DialAccountStore = ReturnType<typeof createDialAccountStore>;

export function createDialAccountStore(database: Database) {
  return {
    /**
     * Changes an account's queue, one asker at a time, whatever process it asks from. The time is the database's, read when
     * the queue is his, in milliseconds since 1970.
     */
    changeQueue: async <T>(
      accountId: string,
      empty: DialQueue,
      change: (queue: DialQueue, atMs: number) => [DialQueue, T],
    ): Promise<T> =>
      database.platform.run(async (em) => {
        await em.execute('insert into dial_accounts (account_id, queue) values (?, ?::jsonb) on conflict do nothing', [
          accountId,
          toJsonb(empty),
        ]);
        const [held] = await em.execute<{ queue: DialQueue }[]>(
          'select queue from dial_accounts where account_id = ? for update',
          [accountId],
        );
        const [clock] = await em.execute<{ atMs: number }[]>(
          'select (extract(epoch from clock_timestamp()) * 1000)::float8 as "atMs"',
        );
        const [queue, result] = change(held?.queue ?? empty, clock?.atMs ?? 0);
        await em.execute(
          'update dial_accounts set queue = ?::jsonb, touched_at = clock_timestamp() where account_id = ?',
          [toJsonb(queue), accountId],
        );
        return result;
      }),
  };
}
