import type { Pool, PoolClient } from 'pg';

/**
 * Gives connections up that a failed BEGIN or ROLLBACK left behind. Kysely 0.29 releases a transaction's connection only
 * after these have succeeded (kysely-org/kysely#1990): without this every transaction that a database outage cuts short
 * would cost the pool one connection for ever. A failed COMMIT is followed by a ROLLBACK. A connection whose server no
 * longer answers is given up as well.
 */
export function giveUpBrokenConnections(pool: Pool): void {
  pool.on('connect', (client) => {
    // oxlint-disable-next-line typescript/unbound-method -- called with the client as its receiver below
    client.query = new Proxy(client.query, {
      apply(query, self, args: unknown[]) {
        const answer: unknown = Reflect.apply(query, self, args);
        if (answer instanceof Promise) {
          answer.catch((failure: unknown) => {
            if (isTransactionEdge(args[0]) || isReadTimeout(failure)) giveUp(client);
          });
        }
        return answer;
      },
    });
  });
}

const isTransactionEdge = (statement: unknown): boolean =>
  typeof statement === 'string' && /^(begin|start transaction\b.*|rollback)$/i.test(statement);

/** The client's own clock ran out: the server may yet answer, and every statement that follows would wait behind it. */
const isReadTimeout = (failure: unknown): boolean =>
  failure instanceof Error && failure.message === 'Query read timeout';

/** The pool hands out a new `release` with each checkout and refuses a second call of it. */
function giveUp(client: PoolClient): void {
  const release = client.release.bind(client);
  client.release = () => undefined;
  release(true);
}
