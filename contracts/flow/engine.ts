/**
 * The flow engine: walks a document from event to event. Pure: no clock, no randomness, no I/O; the same code runs in
 * the call workflow, in the studio's simulator and in scenario tests.
 *
 * (a) A step enters one node. A node either waits for an event (`collect`, `assistant`) or has its outcome at once.
 * (b) An outcome without an edge takes the flow's fault edge, else the number's degraded plan; the caller always hears something.
 * (c) Guards: `maxSteps` a call, `maxVisits` of one node without the caller doing anything; each ends in (b).
 */
import type { DegradedPlan } from '../degraded-plan.ts';
import type { Instruction, Speech } from '../instructions.ts';
import { localize, type LocalizedText } from '../languages.ts';
import type { FlowDocument, FlowNode } from './document.ts';
import type { Advance, Decision, FlowEvent, FlowState } from './state.ts';

export const maxSteps = 1000;
export const maxVisits = 10;

export function initialFlowState(language: string): FlowState {
  return { stateVersion: 1, phase: 'new', language, vars: {}, steps: 0, visits: {}, attempts: 0 };
}

/** What the engine needs to know of the call beside the document. */
export interface FlowContext {
  degradedPlan: DegradedPlan;
}

/** Moves the flow by one event. An event that does not fit the node that waits changes nothing. */
export function advance(flow: FlowDocument, context: FlowContext, before: FlowState, event: FlowEvent): Advance {
  const walk = createWalk(flow, context, before);
  if (before.phase === 'ended') return walk.finish();
  if (event.type === 'hungUp') return walk.end('hungUp', 'end');
  if (before.phase === 'new') {
    if (event.type === 'started') walk.enter(flow.start);
    return walk.finish();
  }
  const node = before.nodeId === undefined ? undefined : flow.nodes[before.nodeId];
  if (before.nodeId === undefined || !node) return walk.finish();
  if (node.type === 'assistant' && event.type === 'assistantLeft') walk.leave(before.nodeId, node, event.outcome);
  if (node.type === 'collect' && event.type === 'digits') walk.digits(before.nodeId, node, event.digits);
  return walk.finish();
}

type CollectNode = Extract<FlowNode, { type: 'collect' }>;

function createWalk(flow: FlowDocument, { degradedPlan }: FlowContext, before: FlowState) {
  let state: FlowState = before;
  const instructions: Instruction[] = [];
  const decisions: Decision[] = [];
  const speech = (text: LocalizedText, voiceId = flow.voiceId): Speech => ({
    text: localize(text, state.language),
    voiceId,
    language: state.language,
  });
  const decide = (nodeId: string, outcome: string, wentTo: string, rule: Decision['rule'], detail?: string): void => {
    const nodeType = flow.nodes[nodeId]?.type ?? 'unknown';
    decisions.push({
      step: state.steps,
      nodeId,
      nodeType,
      outcome,
      wentTo,
      rule,
      ...(detail === undefined ? {} : { detail }),
    });
  };

  function enter(firstId: string): void {
    let nodeId: string | undefined = firstId;
    while (nodeId !== undefined) {
      const node: FlowNode | undefined = flow.nodes[nodeId];
      const visits = (state.visits[nodeId] ?? 0) + 1;
      if (state.steps >= maxSteps) return degrade(nodeId, 'fault', `more than ${maxSteps} steps`);
      if (visits > maxVisits) return degrade(nodeId, 'fault', `entered more than ${maxVisits} times in a row`);
      if (!node) return degrade(nodeId, 'fault', 'the flow has no such node');
      state = {
        ...state,
        phase: 'waiting',
        steps: state.steps + 1,
        visits: { ...state.visits, [nodeId]: visits },
        attempts: 0,
      };
      nodeId = visit(nodeId, node);
    }
  }

  /** Does what the node does on entry; returns the node that follows at once, or nothing where it waits or ends. */
  function visit(nodeId: string, node: FlowNode): string | undefined {
    switch (node.type) {
      case 'start':
        return follow(nodeId, node, 'next');
      case 'say':
        instructions.push({ type: 'say', speech: speech(node.text, node.voiceId) });
        return follow(nodeId, node, 'next');
      case 'collect':
        ask(node);
        return waitAt(nodeId);
      case 'assistant':
        instructions.push({ type: 'assistant', nodeId, assistantId: node.assistantId });
        return waitAt(nodeId);
      case 'hangup': {
        const lastWords = node.lastWords === undefined ? {} : { lastWords: speech(node.lastWords) };
        instructions.push({ type: 'hangUp', ...lastWords });
        decide(nodeId, node.reason ?? 'hangup', 'hang-up', 'end');
        state = { ...state, phase: 'ended', nodeId: undefined };
        return undefined;
      }
    }
  }

  function waitAt(nodeId: string): undefined {
    state = { ...state, nodeId };
    decide(nodeId, 'entered', nodeId, 'waits');
    return undefined;
  }

  function ask(node: CollectNode): void {
    const { maxDigits, finishOnKey, timeoutMs } = node;
    instructions.push({ type: 'collectDigits', prompt: speech(node.prompt), maxDigits, finishOnKey, timeoutMs });
  }

  /** The node behind an outcome; where there is none the flow ends in its degraded plan. */
  function follow(nodeId: string, node: FlowNode, outcome: string): string | undefined {
    const target = node.edges?.[outcome];
    if (target !== undefined) {
      decide(nodeId, outcome, target, 'edge');
      return target;
    }
    if (flow.fault !== undefined && flow.fault !== nodeId) {
      decide(nodeId, outcome, flow.fault, 'fault-edge', 'the outcome has no edge');
      return flow.fault;
    }
    degrade(nodeId, outcome, 'the outcome has no edge');
    return undefined;
  }

  function degrade(nodeId: string, outcome: string, detail: string): void {
    instructions.push({ type: 'degraded', plan: degradedPlan });
    decide(nodeId, outcome, 'degraded-plan', 'degraded-plan', detail);
    state = { ...state, phase: 'ended', nodeId: undefined };
  }

  function leave(nodeId: string, node: FlowNode, outcome: string): void {
    state = { ...state, visits: {} };
    const next = follow(nodeId, node, outcome);
    if (next !== undefined) enter(next);
  }

  function digits(nodeId: string, node: CollectNode, pressed: string): void {
    const attempts = state.attempts + 1;
    if (pressed.length >= node.minDigits && pressed.length <= node.maxDigits) {
      state = { ...state, vars: { ...state.vars, [node.variable]: pressed } };
      return leave(nodeId, node, 'collected');
    }
    if (attempts < node.tries) {
      state = { ...state, attempts };
      decide(nodeId, pressed === '' ? 'noInput' : 'invalid', nodeId, 'waits', `try ${attempts} of ${node.tries}`);
      return ask(node);
    }
    leave(nodeId, node, pressed === '' ? 'noInput' : 'invalid');
  }

  function end(outcome: string, rule: Decision['rule']): Advance {
    decide(state.nodeId ?? flow.start, outcome, outcome, rule);
    state = { ...state, phase: 'ended', nodeId: undefined };
    return finish();
  }

  const finish = (): Advance => ({ state, instructions, decisions });
  return { enter, leave, digits, end, finish };
}
