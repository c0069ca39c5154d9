import { setTimeout as delay } from 'node:timers/promises';
import { newApiKey } from '../../api/api-key.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import type { CallTools } from './call-tools.ts';
import type { NetworkClient } from './network-client.ts';
import type { ScenarioTenant } from './scenario-tenant.ts';
import { networkTraps } from './trap-faults.ts';

export interface PlacedCall {
  tenantId: string;
  /** Ours. */
  callId: string;
  /** The network's; absent where it was never asked to dial. */
  callSid?: string;
  /** The number that the product was asked to call. */
  dialled?: string;
  /** Ended by request of the tenant, in the middle of it; rejects where that was refused. */
  withdrawal?: Promise<void>;
}

/** Calls of one account wait for their turn. */
const dialDeadlineMs = 30_000;
/** The person of the scenarios. */
const callerNumber = '+420777123456';

/** Rings the tenant's number. */
export async function callIn({ network }: CallTools, scenario: Scenario, tenant: ScenarioTenant): Promise<PlacedCall> {
  await seat(network, scenario);
  const callSid = await network.placeCall({
    from: scenario.callerNumber ?? callerNumber,
    to: tenant.phoneNumber,
    steps: scenario.caller,
    switches: networkTraps(scenario, 'call'),
    ...(scenario.line && { line: scenario.line }),
  });
  return { tenantId: tenant.tenantId, callId: callSid, callSid };
}

/** Asks the API to call the person in the tenant's name. */
export async function callOut(tools: CallTools, scenario: Scenario, tenant: ScenarioTenant): Promise<PlacedCall> {
  const { config, stores, network } = tools;
  await seat(network, scenario);
  const { key, keyHash } = newApiKey(tenant.tenantId);
  await stores.apiKeys.storeApiKey({ tenantId: tenant.tenantId, keyId: 'npm-run-call', keyHash });
  const to = `+4207${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
  const { withdrawAfterMs, ...asked } = scenario.callee ?? {};
  const callee = { outcome: 'answer', answerAfterMs: 800, ...asked };
  await network.setCallee(to, { ...callee, steps: scenario.caller, switches: networkTraps(scenario, 'call') });
  for (const name of networkTraps(scenario, 'rest')) await network.armTrap({ name, to, match: 'POST' });
  const api = async (method: string, path: string, body?: object): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${config.API_PORT}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 202) throw new AppError('carrier-refused', `the API refused ${method} ${path}: ${text}`);
    return text;
  };
  const asking = { to, idempotencyKey: crypto.randomUUID(), ...tenant.dial };
  const { callId }: { callId: string } = JSON.parse(await api('POST', '/calls', asking));
  const placed = { tenantId: tenant.tenantId, callId, dialled: to };
  if (scenario.expect?.carrierStatus === 'never-dialled') return placed;
  const callSid = await firstCallTo(network, to);
  if (withdrawAfterMs === undefined) return { ...placed, callSid };
  const withdrawal = delay(withdrawAfterMs).then(async () => void (await api('DELETE', `/calls/${callId}`)));
  withdrawal.catch(() => undefined); // said by whoever awaits it
  return { ...placed, callSid, withdrawal };
}

/** Puts those in place whom the flow may put the caller through to. */
async function seat(network: NetworkClient, { reached = [] }: Scenario): Promise<void> {
  for (const { at, outcome = 'answer', answerAfterMs = 300, steps = [] } of reached)
    await network.setCallee(at, { outcome, answerAfterMs, steps, switches: [] });
}

/** The network's call to a number, as soon as somebody has dialled it. */
async function firstCallTo(network: NetworkClient, phoneNumber: string): Promise<string> {
  const deadlineMs = performance.now() + dialDeadlineMs;
  while (performance.now() < deadlineMs) {
    const [callSid] = await network.callsTo(phoneNumber);
    if (callSid !== undefined) return callSid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new AppError(
    'carrier-unavailable',
    `nobody dialled within ${dialDeadlineMs / 1000} s: look at the outbound call in the Temporal UI`,
  );
}
