import { randomUUID } from 'node:crypto';
import type { AssistantVersion } from '../../../contracts/assistant.ts';
import type { CompiledFlow } from '../../../contracts/flow/compiled.ts';
import type { CallRun } from '../../../contracts/flow/scenario/call-run.ts';
import type { FoundMachine } from '../../../contracts/flow/scenario/machine.ts';
import type { ScenarioCall } from '../../../contracts/flow/scenario/read-scenario.ts';
import type { CallInput, DialPlan } from '../../../contracts/messages.ts';

/** The call as it would be admitted. Its tenant is its own, so that its id may be the scenario's. */
export function inputOf(flow: CompiledFlow, call: ScenarioCall, machine: CallRun['machine']): CallInput {
  const { callId, direction, ourNumber, theirNumber, contact } = call;
  const [from, to] = direction === 'inbound' ? [theirNumber, ourNumber] : [ourNumber, theirNumber];
  const language = call.language ?? flow.languages[0] ?? 'en-US';
  return {
    tenantId: `scenario-${randomUUID()}`,
    callId,
    direction,
    from,
    to,
    carrier: { provider: 'twilio', accountId: 'AC00000000000000000000000000000001', carrierCallId: callId },
    flow: {
      flowId: 'scenario',
      flowVersionId: 'scenario@1',
      version: 1,
      compiled: flow,
      assistants: Object.fromEntries(assistantIds(flow).map((id) => [id, assistantOf(id, language)])),
    },
    degradedPlan: { language, voiceId: language, steps: [] },
    language,
    allowedPrivateHosts: [],
    ...(machine && { dial: dialPlanOf(machine, callId) }),
    ...(Object.keys(contact).length > 0 && { contactTool: { tool: contactLookup, arguments: {} } }),
  };
}

function dialPlanOf({ found, getsMessage }: FoundMachine, callId: string): DialPlan {
  return {
    idempotencyKey: callId,
    timeoutS: 60,
    machineDetection: found,
    ...(!getsMessage && { onVoicemail: 'hang-up' }),
  };
}

const contactLookup = {
  toolId: 'contact',
  name: 'contact',
  description: '',
  type: 'http',
  endpoint: 'https://contact.example',
  method: 'POST',
  headers: {},
  timeoutMs: 1_000,
  idempotent: true,
  maxResponseBytes: 1_000,
} as const;

function assistantIds(flow: CompiledFlow): string[] {
  const graphs = [flow, ...Object.values(flow.subflows)];
  return graphs.flatMap(({ nodes }) =>
    Object.values(nodes).flatMap((node) =>
      'assistantId' in node && typeof node.assistantId === 'string' ? [node.assistantId] : [],
    ),
  );
}

function assistantOf(assistantId: string, language: string): AssistantVersion {
  return {
    assistantId,
    versionId: `${assistantId}@1`,
    version: 1,
    name: assistantId,
    systemPrompt: '',
    language,
    model: { modelId: 'scenario', fallbackModelIds: [], latencyProfile: 'fast' },
    voice: { voiceId: language, modelVoice: '', bargeIn: true, bargeInGreeting: false },
    escalationKeywords: [],
    tools: [],
    outcomes: [],
    maxDurationMs: 3_600_000,
  };
}
