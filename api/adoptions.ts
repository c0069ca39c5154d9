/**
 * Calls that were answered without their workflow. Each is offered to its workflow until it is taken: at the call's next
 * callback and by a sweep.
 *
 * 1. Offering is an update with a fixed id: any number of APIs may offer one call any number of times.
 * 2. A call is kept in memory and, where the database is up, stored: either is enough for a sweep to find it.
 * 3. What the carrier reported meanwhile (the end, above all) is told after the adoption.
 * 4. At most `maxWaiting` wait in memory; beyond that the stored ones are swept later.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { AdoptInput, CallInput, CarrierStatus } from '../contracts/messages.ts';

export interface UnadoptedCall {
  call: CallInput;
  /** When it was answered without its workflow, in milliseconds since 1970. */
  sinceMs: number;
}

/** Where unadopted calls outlive this process. */
export interface UnadoptedCallStore {
  remember(unadopted: UnadoptedCall): Promise<void>;
  forget(call: CallInput): Promise<void>;
  list(): Promise<readonly UnadoptedCall[]>;
}

export interface AdoptionDeps {
  calls: {
    adopt(call: CallInput, input: AdoptInput): Promise<'adopted' | 'gone' | 'unanswered'>;
    carrierStatus(call: { tenantId: string; callId: string }, status: CarrierStatus): Promise<boolean>;
  };
  store: UnadoptedCallStore;
  nowMs: () => number;
  log: FastifyBaseLogger;
}

export interface Adoptions {
  /** A call goes on without its workflow from now on; it is offered at once, in the background. */
  offer(call: CallInput): void;
  /** Keeps a status for a call that waits; false where the call does not wait. */
  hold(callId: string, status: CarrierStatus): boolean;
  /** Offers every waiting and stored call once. Never throws. */
  sweep(): Promise<void>;
  waiting(): number;
}

const maxWaiting = 10_000;
const sweptAtOnce = 8;

interface Waiting extends UnadoptedCall {
  stored: boolean;
  offering?: Promise<void>;
  status?: CarrierStatus;
}

export function createAdoptions({ calls, store, nowMs, log }: AdoptionDeps): Adoptions {
  const waiting = new Map<string, Waiting>();

  function keep(unadopted: UnadoptedCall, stored: boolean): Waiting | undefined {
    const known = waiting.get(unadopted.call.callId);
    if (known) return known;
    if (waiting.size >= maxWaiting) return undefined;
    const entry: Waiting = { ...unadopted, stored };
    waiting.set(unadopted.call.callId, entry);
    return entry;
  }

  function tryOnce(entry: Waiting): Promise<void> {
    entry.offering ??= propose(entry).finally(() => delete entry.offering);
    return entry.offering;
  }

  async function propose(entry: Waiting): Promise<void> {
    const { call, sinceMs } = entry;
    const { tenantId, callId } = call;
    try {
      if (!entry.stored) await save(entry);
      const ageS = Math.max(0, Math.round((nowMs() - sinceMs) / 1000));
      const answer = await calls.adopt(call, { reason: 'temporal-unavailable', ageS });
      if (answer === 'unanswered') return;
      for (let told: CarrierStatus | undefined; entry.status !== told;) {
        const latest = entry.status;
        if (latest && !(await calls.carrierStatus(call, latest))) return;
        told = latest;
      }
      waiting.delete(callId);
      log.info({ tenantId, callId, ageS, answer }, 'call adopted');
      await store.forget(call);
    } catch (err) {
      log.warn({ tenantId, callId, err }, 'adoption failed');
    }
  }

  async function save(entry: Waiting): Promise<void> {
    try {
      await store.remember({ call: entry.call, sinceMs: entry.sinceMs });
      entry.stored = true;
    } catch (err) {
      log.warn({ callId: entry.call.callId, err }, 'unadopted call not stored');
    }
  }

  return {
    offer: (call) => {
      const entry = keep({ call, sinceMs: nowMs() }, false);
      if (entry) void tryOnce(entry);
    },
    hold: (callId, status) => {
      const entry = waiting.get(callId);
      if (!entry) return false;
      if (!entry.status || entry.status.sequence < status.sequence) entry.status = status;
      void tryOnce(entry);
      return true;
    },
    sweep: async () => {
      try {
        for (const stored of await store.list()) keep(stored, true);
      } catch (err) {
        log.debug({ err }, 'stored calls cannot be listed');
      }
      const entries = [...waiting.values()];
      for (let start = 0; start < entries.length; start += sweptAtOnce) {
        await Promise.all(entries.slice(start, start + sweptAtOnce).map(tryOnce));
      }
    },
    waiting: () => waiting.size,
  };
}
