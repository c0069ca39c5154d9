import type { CallInput, CallState } from '../contracts/messages.ts';
import type { CallRecord } from '../db/call-sessions.ts';
import type { UnadoptedCall, UnadoptedCallStore } from './adoptions.ts';
import type { NumberDirectory } from './number-directory.ts';
import type { StoredFacts } from './stored-facts.ts';

export interface UnadoptedCallDeps {
  facts: Pick<StoredFacts, 'rememberUnadopted' | 'markAdopted' | 'unadopted' | 'readCall'>;
  numbers: NumberDirectory;
  /** Where a call's workflow stands; undefined where it does not answer or does not exist. */
  state: (call: { tenantId: string; callId: string }) => Promise<CallState | undefined>;
  nowMs: () => number;
}

/** Unadopted calls in the table of calls, so that any API finds what another one answered before it died. */
export function createUnadoptedCalls({ facts, numbers, state, nowMs }: UnadoptedCallDeps): UnadoptedCallStore {
  async function rebuild({
    tenantId,
    callId,
    ageMs,
  }: {
    tenantId: string;
    callId: string;
    ageMs: number;
  }): Promise<UnadoptedCall | undefined> {
    // A workflow may itself have led its call to the degraded plan: such a call is not forsaken.
    const standing = await state({ tenantId, callId });
    if (standing && standing.phase !== 'new' && standing.phase !== 'dialling') return undefined;
    const record = await facts.readCall({ tenantId, callId });
    const call = record && (await inputOf(record, numbers));
    return call && { call, sinceMs: nowMs() - ageMs };
  }
  return {
    remember: facts.rememberUnadopted,
    forget: (call) => facts.markAdopted(call, nowMs()),
    list: async () => {
      const found: UnadoptedCall[] = [];
      for (const stored of await facts.unadopted()) {
        const unadopted = await rebuild(stored);
        if (unadopted) found.push(unadopted);
      }
      return found;
    },
  };
}

async function inputOf(record: CallRecord, numbers: NumberDirectory): Promise<CallInput | undefined> {
  const { tenantId, callId, direction, from = '', to = '', carrierAccountId: accountId, carrierCallId } = record;
  const route = await numbers.find(direction === 'inbound' ? to : from, [tenantId]);
  if (!route || accountId === undefined || carrierCallId === undefined) return undefined;
  const { flow, degradedPlan, language, allowedPrivateHosts, contactTool } = route;
  const carrier = { provider: 'twilio', accountId, carrierCallId } as const;
  const plan = { flow, degradedPlan, language, allowedPrivateHosts, ...(contactTool && { contactTool }) };
  return { tenantId, callId, direction, from, to, carrier, ...plan };
}
