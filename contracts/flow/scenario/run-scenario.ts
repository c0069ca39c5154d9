/**
 * Runs a scenario in the engine alone: no clock, no I/O, thousands a second, in the browser too. The same `advance` as in
 * a call's workflow; what is outside is the scenario's.
 */
import type { CompiledFlow } from '../compiled.ts';
import { isEffect } from '../effects.ts';
import { advance } from '../engine.ts';
import { startedEvent } from '../started-event.ts';
import { type Advance, type EventDetail, type FlowInstruction, initialFlowState } from '../state.ts';
import type { CallRun, Happened, Heard } from './call-run.ts';
import { type Failure, judgeCall } from './judge.ts';
import { type FoundMachine, hasTaken, machineOn, takenByMachine } from './machine.ts';
import type { Scenario, ScenarioCall } from './read-scenario.ts';
import { staysOf, placeOf } from './stays.ts';
import { wordsOf } from './words-of.ts';
import { createWorld, isWaiting, spokenMs } from './world.ts';

/** What came of a scenario: it holds where no call has failures. */
export interface ScenarioResult {
  name: string;
  ok: boolean;
  calls: readonly { name?: string; run: CallRun; failures: readonly Failure[] }[];
}

/** Of one call: more than any that the engine's guards let pass. */
const maxEvents = 12_000;

/** Plays all calls of a scenario, one after the other, and judges what came of each. */
export function runScenario(flow: CompiledFlow, scenario: Scenario): ScenarioResult {
  const known = withReferences(flow, scenario);
  const calls = scenario.calls.map((call) => {
    const run = playCall(known, call);
    return { ...(call.name !== undefined && { name: call.name }), run, failures: judgeCall(run, call) };
  });
  return { name: scenario.name, ok: calls.every(({ failures }) => failures.length === 0), calls };
}

/** The flow with the calendars and prompts that the scenario brings instead of the flow's own. */
function withReferences(flow: CompiledFlow, { references: { calendars, prompts } }: Scenario): CompiledFlow {
  if (!calendars && !prompts) return flow;
  return { ...flow, calendars: { ...flow.calendars, ...calendars }, prompts: { ...flow.prompts, ...prompts } };
}

/** The call as the flow's `started` event tells of it. */
function beginningOf({ callId, direction, ourNumber, theirNumber, contact }: ScenarioCall) {
  return { callId, direction, ourNumber, theirNumber, flowVersion: 1, contact };
}

function playCall(flow: CompiledFlow, call: ScenarioCall): CallRun {
  const world = createWorld(call);
  const happened: Happened[] = [];
  const steps: Advance[] = [];
  let state = initialFlowState(call.language ?? flow.languages[0] ?? 'en-US');
  let atMs = call.atMs;
  let waitedFor: FlowInstruction | undefined;
  const stays = createStayCounter();
  const machine = machineOn(flow, call);
  const started = startedEvent(beginningOf(call), atMs);
  let missing: string | undefined;

  const take = (event: EventDetail, afterMs: number): void => {
    atMs += afterMs;
    const visit = waitedFor && 'visit' in waitedFor && event.type !== 'hungUp' ? waitedFor.visit : undefined;
    const step = advance(flow, state, { ...event, atMs, ...(visit !== undefined && { visit }) });
    happened.push({ event, afterMs, atMs, ...(waitedFor && { waitedFor }), instructions: step.instructions });
    steps.push(step);
    ({ state } = step);
  };

  const giveToMachine = (found: FoundMachine): FoundMachine => {
    atMs = Math.max(atMs, found.atMs);
    const step = takenByMachine(flow, state, { ...started, atMs }, found);
    steps.push(step);
    ({ state } = step);
    return found;
  };

  let takenBy = machine?.found === 'sync' ? giveToMachine(machine) : undefined;
  if (!takenBy) take(started, 0);
  while (state.phase !== 'ended') {
    const given = steps.at(-1)?.instructions ?? [];
    waitedFor = given.findLast(isWaiting) ?? waitedFor;
    const { nodeId = '', subflow } = state;
    if (!waitedFor || happened.length >= maxEvents) {
      missing = `the call stays at "${placeOf({ nodeId, subflow })}" for ever`;
      break;
    }
    const next = world.next({
      nodeId,
      ...(subflow !== undefined && { subflow }),
      stay: stays.at(placeOf({ nodeId, subflow }), state.visit),
      instruction: waitedFor,
      spokenMs: spokenMs(given),
      elapsedMs: atMs - call.atMs,
    });
    if (machine && hasTaken(machine, next, atMs)) {
      takenBy = giveToMachine(machine);
      break;
    }
    if ('missing' in next) {
      ({ missing } = next);
      break;
    }
    take(next.event, next.afterMs);
  }
  const [unused] = world.left();
  if (missing === undefined && unused)
    missing = `the call is over before the caller can do what stands at does/${unused.index}: ${JSON.stringify(unused.action)}`;
  const last = steps.at(-1)?.instructions ?? [];
  return {
    startedAtMs: call.atMs,
    endedAtMs: atMs + (state.phase === 'ended' ? spokenMs(last) : 0),
    timeZone: call.timeZone,
    happened,
    ...(takenBy && { machine: takenBy }),
    ...told(steps),
    language: state.language,
    variables: state.vars,
    tags: state.tags,
    ...(missing !== undefined && { missing }),
  };
}

/** Counts the stays at each place in which the call waits; `visit` names a stay. */
function createStayCounter() {
  const places = new Map<string, { visit: number; count: number }>();
  return {
    at: (place: string, visit: number): number => {
      const known = places.get(place);
      const count = known?.visit === visit ? known.count : (known?.count ?? 0) + 1;
      places.set(place, { visit, count });
      return count;
    },
  };
}

/** What the steps of a call tell of it. */
function told(steps: readonly Advance[]) {
  const decisions = steps.flatMap((step) => step.decisions);
  const outcome = outcomeOf(steps);
  const effects = steps.flatMap(({ instructions }) => instructions.filter(isEffect));
  return {
    decisions,
    stays: staysOf(decisions),
    heard: steps.flatMap(heardIn),
    ...(outcome !== undefined && { outcome }),
    toolCalls: effects.flatMap((effect) =>
      effect.type === 'callTool' ? [{ toolId: effect.toolId, args: effect.args }] : [],
    ),
    messages: effects.flatMap((effect) => (effect.type === 'sendSms' ? [{ to: effect.to, text: effect.text }] : [])),
    notices: effects.flatMap((effect) => (effect.type === 'notify' ? [{ to: effect.to, text: effect.text }] : [])),
  };
}

/** As the call's row is told: in the words of `hangup` nodes, or how else it ended. */
function outcomeOf(steps: readonly Advance[]): string | undefined {
  const last = steps.at(-1)?.decisions.at(-1);
  if (last?.rule === 'degraded-plan') return 'degraded';
  if (last?.rule !== 'end') return undefined;
  return last.outcome === 'hungUp' ? 'callerHungUp' : last.outcome;
}

function heardIn({ instructions, decisions, givenBy }: Advance): Heard[] {
  return instructions.flatMap((instruction, i) => {
    const decision = decisions[givenBy.findIndex((given) => given > i)];
    const node = decision ? placeOf(decision) : '';
    return wordsOf(instruction).map((words) => ({ node, ...words }));
  });
}
