import type { FastifyBaseLogger } from 'fastify';
import { messageOf } from '../contracts/errors.ts';

export interface StandbyDeps {
  /** All tenants' numbers, with the carrier's account of each. */
  knownNumbers: () => Promise<readonly { tenantId: string; phoneNumber: string; accountId: string }[]>;
  accounts: { learn(accountId: string): Promise<void> };
  numbers: { learn(tenantId: string, phoneNumber: string): Promise<void> };
  log: FastifyBaseLogger;
}

const atOnce = 4;

/**
 * Learns what new calls need before there are any: tokens, routes and plans of all numbers, also of those that nobody has
 * called since this process started. So calls are verified and answered while the database is away.
 */
export function createStandby({ knownNumbers, accounts, numbers, log }: StandbyDeps): { learn(): Promise<boolean> } {
  async function learnAll(): Promise<void> {
    const known = await knownNumbers();
    const jobs = [
      ...[...new Set(known.map(({ accountId }) => accountId))].map((accountId) => () => accounts.learn(accountId)),
      ...known.map(
        ({ tenantId, phoneNumber }) =>
          () =>
            numbers.learn(tenantId, phoneNumber),
      ),
    ].values();
    const work = async (): Promise<void> => {
      for (const job of jobs) await job();
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }
  let isTold = false;
  return {
    /** Never throws: what was learnt before stays. False where not all of it could be learnt. */
    async learn() {
      try {
        await learnAll();
        isTold = false;
        return true;
      } catch (failure) {
        if (!isTold) log.warn({ reason: messageOf(failure) }, 'not all numbers were learnt');
        isTold = true;
        return false;
      }
    },
  };
}
