/** `now`: dial. `later`: too many wait; it is worth asking again after that time, in milliseconds. */
export type DialTurn = { type: 'now' } | { type: 'later'; afterMs: number };

export interface DialPaceOptions {
  /** Calls that an account may start in a second. */
  perSecond: number;
  /** Who would wait longer than this is sent away. */
  longestWaitMs: number;
  nowMs: () => number;
}

export interface DialPace {
  /** Waits until the account may start a call of the tenant. */
  turn(accountId: string, tenantId: string): Promise<DialTurn>;
}

interface Account {
  /** By tenant, in the order in which they get their turns. */
  waiting: Map<string, (() => void)[]>;
  /** When those of a tenant who were sent away come back, the last of them. */
  sentUntilMs: Map<string, number>;
  nextAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * How fast accounts start calls, as far as this process goes: evenly spaced, since the carrier queues or refuses what
 * comes faster. Tenants of one account take turns, whoever of them asks for more.
 */
export function createDialPace({ perSecond, longestWaitMs, nowMs }: DialPaceOptions): DialPace {
  const accounts = new Map<string, Account>();
  const spacingMs = 1000 / perSecond;

  function serve(accountId: string, account: Account): void {
    account.timer = undefined;
    const [first] = account.waiting;
    if (!first) {
      if (account.sentUntilMs.size === 0) accounts.delete(accountId);
      return;
    }
    const [tenantId, [go, ...others]] = first;
    account.waiting.delete(tenantId);
    if (others.length > 0) account.waiting.set(tenantId, others);
    account.nextAtMs = nowMs() + spacingMs;
    account.timer = setTimeout(() => serve(accountId, account), spacingMs);
    go?.();
  }

  return {
    turn: async (accountId, tenantId) => {
      const known = accounts.get(accountId);
      const account = known ?? { waiting: new Map(), sentUntilMs: new Map(), nextAtMs: nowMs(), timer: undefined };
      if (!known) accounts.set(accountId, account);
      forgetReturned(account.sentUntilMs, nowMs());
      const own = account.waiting.get(tenantId) ?? [];
      const waitMs = Math.max(0, account.nextAtMs - nowMs()) + turnsBefore(account.waiting, own.length) * spacingMs;
      if (waitMs > longestWaitMs) {
        const tenants = account.waiting.size + (own.length > 0 ? 0 : 1);
        const comesBackMs = Math.max(nowMs() + waitMs, (account.sentUntilMs.get(tenantId) ?? 0) + spacingMs * tenants);
        account.sentUntilMs.set(tenantId, comesBackMs);
        return { type: 'later', afterMs: Math.round(comesBackMs - nowMs()) };
      }
      await new Promise<void>((resolve) => {
        account.waiting.set(tenantId, [...own, resolve]);
        if (!account.timer) serve(accountId, account);
      });
      return { type: 'now' };
    },
  };
}

/** How many are served before somebody who has `own` of the same tenant before him. */
function turnsBefore(waiting: Account['waiting'], own: number): number {
  return waiting.values().reduce((sum, queue) => sum + Math.min(queue.length, own + 1), 0);
}

function forgetReturned(sentUntilMs: Map<string, number>, atMs: number): void {
  for (const [tenantId, untilMs] of sentUntilMs) if (untilMs <= atMs) sentUntilMs.delete(tenantId);
}
