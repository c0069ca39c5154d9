import { describe, expect, it } from 'vitest';
import type { DegradedPlan } from '../degraded-plan.ts';
import type { FlowDocument } from './document.ts';
import { advance, initialFlowState, maxVisits } from './engine.ts';
import type { FlowEvent, FlowState } from './state.ts';

const degradedPlan: DegradedPlan = {
  language: 'cs-CZ',
  voiceId: 'cs-CZ-Standard-A',
  steps: [{ type: 'say', text: 'Zavolejte později.' }],
};
const flow: FlowDocument = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ', 'en-US'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'welcome' } },
    welcome: { type: 'say', text: { 'cs-CZ': 'Vítejte', 'en-US': 'Welcome' }, edges: { next: 'order' } },
    order: {
      type: 'collect',
      prompt: 'Číslo?',
      variable: 'order',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 2,
      edges: { collected: 'helper', noInput: 'bye' },
    },
    helper: { type: 'assistant', assistantId: 'a1', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou', reason: 'done' },
  },
};

function run(events: FlowEvent[], document = flow, language = 'cs-CZ') {
  let state: FlowState = initialFlowState(language);
  const steps = events.map((event) => {
    const step = advance(document, { degradedPlan }, state, event);
    state = step.state;
    return step;
  });
  return { state, steps, last: steps[steps.length - 1] };
}

describe('advance', () => {
  it('walks to the first node that waits and gives all instructions on the way', () => {
    const { last, state } = run([{ type: 'started' }]);
    expect(last?.instructions.map(({ type }) => type)).toEqual(['say', 'collectDigits']);
    expect(state).toMatchObject({ phase: 'waiting', nodeId: 'order', steps: 3 });
  });

  it('speaks in the language of the call', () => {
    expect(run([{ type: 'started' }], flow, 'en-GB').last?.instructions[0]).toMatchObject({
      speech: { text: 'Welcome' },
    });
  });

  it('keeps what was typed and goes on', () => {
    const { state, last } = run([{ type: 'started' }, { type: 'digits', digits: '4711' }]);
    expect(state.vars).toEqual({ order: '4711' });
    expect(last?.instructions).toEqual([{ type: 'assistant', nodeId: 'helper', assistantId: 'a1' }]);
  });

  it('asks again after wrong input, then takes the outcome', () => {
    const { steps, state } = run([
      { type: 'started' },
      { type: 'digits', digits: '1' },
      { type: 'digits', digits: '' },
    ]);
    expect(steps[1]?.instructions[0]?.type).toBe('collectDigits');
    expect(steps[2]?.instructions).toEqual([
      { type: 'hangUp', lastWords: { text: 'Na shledanou', voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' } },
    ]);
    expect(state.phase).toBe('ended');
  });

  it('takes the degraded plan where an outcome has no edge', () => {
    const { last, state } = run([
      { type: 'started' },
      { type: 'digits', digits: '4711' },
      { type: 'assistantLeft', outcome: 'escalation' },
    ]);
    expect(last?.instructions).toEqual([{ type: 'degraded', plan: degradedPlan }]);
    expect(last?.decisions[0]).toMatchObject({ nodeId: 'helper', outcome: 'escalation', rule: 'degraded-plan' });
    expect(state.phase).toBe('ended');
  });

  it('prefers the fault edge to the degraded plan', () => {
    const { last } = run(
      [{ type: 'started' }, { type: 'digits', digits: '4711' }, { type: 'assistantLeft', outcome: 'failed' }],
      { ...flow, fault: 'bye' },
    );
    expect(last?.decisions[0]).toMatchObject({ rule: 'fault-edge', wentTo: 'bye' });
  });

  it('ends a loop that nobody drives, and the caller still hears something', () => {
    const loop: FlowDocument = {
      ...flow,
      nodes: { start: { type: 'start', edges: { next: 'a' } }, a: { type: 'say', text: 'x', edges: { next: 'a' } } },
    };
    const { last } = run([{ type: 'started' }], loop);
    expect(last?.instructions).toHaveLength(maxVisits + 1);
    expect(last?.instructions.at(-1)?.type).toBe('degraded');
  });

  it('ignores an event that does not fit the node that waits', () => {
    const { steps, state } = run([{ type: 'started' }, { type: 'assistantLeft', outcome: 'ended' }]);
    expect(steps[1]).toMatchObject({ instructions: [], decisions: [] });
    expect(state.nodeId).toBe('order');
  });

  it('ends when the caller hangs up, and stays ended', () => {
    const { steps, state } = run([{ type: 'started' }, { type: 'hungUp' }, { type: 'digits', digits: '4711' }]);
    expect(state.phase).toBe('ended');
    expect(steps[2]?.instructions).toEqual([]);
  });
});
