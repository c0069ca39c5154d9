import type { ContactTool } from '../contracts/contact-tool.ts';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import type { PublishedFlow } from '../contracts/messages.ts';
import { createKeptLookup } from './kept-lookup.ts';

/** Where a number of ours leads: all that a call needs, so that its workflow needs no database to answer. */
export interface NumberRoute {
  tenantId: string;
  phoneNumber: string;
  /** The carrier's account that the number belongs to. */
  accountId: string;
  flow: PublishedFlow;
  degradedPlan: DegradedPlan;
  language: string;
  allowedPrivateHosts: readonly string[];
  /** Asked before the flow begins; its answer fills `contact.*`. */
  contactTool?: ContactTool;
}

export interface NumberDirectoryDeps {
  /** Who has entered a number; empty where nobody has. */
  tenantsOf: (phoneNumber: string) => Promise<readonly string[]>;
  /** Where a tenant's number leads, if it has the number and something is published behind it. */
  route: (tenantId: string, phoneNumber: string) => Promise<NumberRoute | undefined>;
  nowMs: () => number;
  /** Hears that a route was served from memory, since the database is away or slow. */
  onKept?: () => void;
}

export interface NumberDirectory {
  /** The route of a number among these tenants: several may have entered it, and whoever signed the request decides. */
  find(phoneNumber: string, tenantIds: readonly string[]): Promise<NumberRoute | undefined>;
  /** The same, for a call that goes on: as it was found last, without another look at the database. */
  findKept(phoneNumber: string, tenantIds: readonly string[]): Promise<NumberRoute | undefined>;
  /** Looks a number up for later, unless that was done a moment ago. */
  learn(tenantId: string, phoneNumber: string): Promise<void>;
  /** How many numbers are kept in memory. */
  size(): number;
}

/** A version that is published now is heard by the call after the next second; a slow database costs a caller 200 ms. */
const freshMs = 1000;
const waitMs = 200;
const learntMs = 60_000;

export function createNumberDirectory({ tenantsOf, route, nowMs, onKept }: NumberDirectoryDeps): NumberDirectory {
  const load = (key: string): Promise<NumberRoute | undefined> => {
    const [phoneNumber = '', tenantId = ''] = key.split(' ');
    return route(tenantId, phoneNumber);
  };
  const loadTenants = async (phoneNumber: string): Promise<readonly string[] | undefined> => {
    const tenantIds = await tenantsOf(phoneNumber);
    return tenantIds.length > 0 ? tenantIds : undefined;
  };
  const kept = createKeptLookup({ load, nowMs, freshMs, waitMs, onKept });
  const tenants = createKeptLookup({ load: loadTenants, nowMs, freshMs, waitMs });

  async function among(
    by: 'get' | 'getKept',
    phoneNumber: string,
    tenantIds: readonly string[],
  ): Promise<NumberRoute | undefined> {
    // Names such as `client:anna` and whatever else is no number of ours cost no lookup.
    if (!/^\+[1-9]\d{5,14}$/.test(phoneNumber)) return undefined;
    // However many share the account: whose number it is costs one lookup.
    const owners = tenantIds.length > 1 ? await tenants[by](phoneNumber) : tenantIds;
    for (const tenantId of tenantIds) {
      if (!owners?.includes(tenantId)) continue;
      const found = await kept[by](`${phoneNumber} ${tenantId}`);
      if (found) return found;
    }
    return undefined;
  }
  return {
    learn: async (tenantId, phoneNumber) => {
      await Promise.all([kept.renew(`${phoneNumber} ${tenantId}`, learntMs), tenants.renew(phoneNumber, learntMs)]);
    },
    size: () => kept.size(),
    find: (phoneNumber, tenantIds) => among('get', phoneNumber, tenantIds),
    findKept: (phoneNumber, tenantIds) => among('getKept', phoneNumber, tenantIds),
  };
}
