import { AppError } from '../contracts/errors.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { CallInput, PublishedFlow } from '../contracts/messages.ts';
import { type CarrierForm, isInbound, ownNumber } from './carrier-form.ts';
import type { CarrierIdentity } from './carrier-guard.ts';
import { firstOf } from './kept-lookup.ts';
import type { NumberDirectory, NumberRoute } from './number-directory.ts';
import { cannotConnect } from './spoken-apology.ts';

/** A call in progress needs its route for the worst case only: its workflow has the flow. */
const routeWaitMs = 250;

/** The path of a call's callbacks. */
export interface CallPath {
  tenantId: string;
  callId: string;
}

/**
 * The call behind a callback, as a workflow is started with it. The path must belong to the tenant who signed, and an
 * inbound call's id is the carrier's: a signed address cannot be turned on another call.
 */
export async function callOf(
  path: CallPath,
  form: CarrierForm,
  carrier: CarrierIdentity,
  numbers: NumberDirectory,
): Promise<CallInput> {
  const { tenantId, callId } = path;
  if (!carrier.tenantIds.includes(tenantId)) throw new AppError('signature-invalid', 'the signature does not fit');
  if (isInbound(form) && callId !== form.CallSid)
    throw new AppError('callback-malformed', 'path and form name different calls');
  const looking = numbers.findKept(ownNumber(form), [tenantId]).catch(() => undefined);
  const route = await firstOf(looking, routeWaitMs, undefined);
  return callInput(route ?? routeless(tenantId, form), form, callId);
}

export function callInput(
  route: Omit<NumberRoute, 'phoneNumber' | 'accountId'>,
  form: CarrierForm,
  callId: string,
): CallInput {
  const { tenantId, flow, degradedPlan, language, allowedPrivateHosts, contactTool } = route;
  return {
    tenantId,
    callId,
    direction: isInbound(form) ? 'inbound' : 'outbound',
    from: form.From ?? '',
    to: form.To ?? '',
    carrier: { provider: 'twilio', accountId: form.AccountSid, carrierCallId: form.CallSid },
    flow,
    degradedPlan,
    language,
    allowedPrivateHosts,
    ...(contactTool && { contactTool }),
  };
}

/** A number that was taken away while its call goes on: the call's workflow knows the flow, we only need something to say. */
function routeless(tenantId: string, form: CarrierForm): Omit<NumberRoute, 'phoneNumber' | 'accountId'> {
  const degradedPlan = cannotConnect(ownNumber(form));
  return {
    tenantId,
    degradedPlan,
    language: degradedPlan.language,
    allowedPrivateHosts: [],
    flow: emptyFlow(degradedPlan),
  };
}

function emptyFlow({ language, voiceId }: { language: string; voiceId: string }): PublishedFlow {
  const document: FlowDocument = {
    schemaVersion: 1,
    name: 'none',
    languages: [language],
    voiceId,
    start: 'start',
    nodes: { start: { type: 'start', edges: {} } },
  };
  return {
    flowId: 'none',
    flowVersionId: 'none',
    version: 0,
    compiled: compileFlow(document, { assistants: {} }),
    assistants: {},
  };
}
