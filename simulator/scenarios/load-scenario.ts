import { bargeInOff } from './barge-in-off.ts';
import { callerHangsUp } from './caller-hangs-up.ts';
import { complaintCalls } from './complaint-calls.ts';
import { collectDigits } from './collect-digits.ts';
import { demo } from './demo.ts';
import { dtmf } from './dtmf.ts';
import { escalation } from './escalation.ts';
import { effectCalls } from './effect-calls.ts';
import { flowCalls } from './flow-calls.ts';
import { gatewayKilled } from './gateway-killed.ts';
import { halfHour } from './half-hour.ts';
import { handoverCalls } from './handover-calls.ts';
import { hardQuestion } from './hard-question.ts';
import { lineCalls } from './line-calls.ts';
import { modelFaultCalls } from './model-fault-calls.ts';
import { outboundCalls } from './outbound-calls.ts';
import { outbound } from './outbound.ts';
import type { Scenario } from './scenario.ts';
import { sensitiveDigits } from './sensitive-digits.ts';
import { templateCalls } from './template-calls.ts';
import { toolFails } from './tool-fails.ts';
import { trapCalls } from './trap-calls.ts';
import { turnCalls } from './turn-calls.ts';
import { extendedThinking, openAiTwoAssistants, twoAssistants } from './two-assistants.ts';

const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [
    demo('cs'),
    demo('en'),
    twoAssistants,
    openAiTwoAssistants,
    extendedThinking,
    hardQuestion,
    collectDigits,
    sensitiveDigits,
    bargeInOff,
    toolFails,
    dtmf,
    callerHangsUp,
    escalation,
    ...flowCalls,
    ...effectCalls,
    ...templateCalls,
    outbound,
    ...outboundCalls,
    gatewayKilled,
    ...handoverCalls,
    ...lineCalls,
    ...turnCalls,
    ...trapCalls,
    ...modelFaultCalls,
    ...complaintCalls,
    halfHour,
  ].map((scenario) => [scenario.name, scenario]),
);

/** The scenario of that name; throws a RangeError that lists the known ones. */
export function loadScenario(name: string): Scenario {
  const scenario = scenarios.get(name);
  if (!scenario) throw new RangeError(`unknown scenario "${name}"; known: ${scenarioNames().join(', ')}`);
  return scenario;
}

/** Names of all scenarios, the demo first. */
export function scenarioNames(): string[] {
  return [...scenarios.keys()];
}
