import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '../document.ts';
import { maxSubflows } from '../steps.ts';
import { flowOf, play } from '../testing/play.ts';
import { subflowNode } from './subflow.ts';

const inner: FlowDocument = {
  schemaVersion: 1,
  name: 'verify',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-B',
  variables: { phone: { type: 'text' }, customer: { type: 'json' }, greeting: { type: 'text', default: 'Ano?' } },
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'ask' } },
    ask: {
      type: 'collect',
      prompt: '{{ vars.greeting }} {{ vars.phone }}',
      variable: 'customer',
      minDigits: 1,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 1,
      edges: { collected: 'known', noInput: 'unknown' },
    },
    known: { type: 'return', name: 'verified' },
    unknown: { type: 'return', name: 'unknown' },
  },
};
const outer = flowOf(subflowNode.example, { variables: { customer: { type: 'number' }, phone: { type: 'text' } } });
const references = { flows: { 'verify-caller': { liveVersion: 3, versions: { 3: inner } } } };
const press = (digits: string) => ({ type: 'digits', digits }) as const;

describe('subflow', () => {
  it('goes through the other flow with its own variables and voice, and comes back with what it asked for', () => {
    const { steps, ended, state } = play(outer, [press('17')], { references });
    expect(steps[0]?.instructions).toMatchObject([
      { prompts: [{ speech: { text: 'Ano? +420777123456', voiceId: 'cs-CZ-Standard-B' } }] },
    ]);
    expect(steps[0]?.state).toMatchObject({ subflow: 'verify-caller@3', nodeId: 'ask', callers: [{ nodeId: 'it' }] });
    expect(steps[0]?.decisions.at(-1)).toMatchObject({ subflow: 'verify-caller@3', nodeId: 'ask' });
    expect([ended, state.vars]).toEqual(['verified', { customer: 17 }]);
  });

  it('is left by the name of the return', () => {
    expect(play(outer, [press('')], { references }).ended).toBe('unknown');
    expect(subflowNode.outcomes(subflowNode.example, { assistants: {}, ...references })).toEqual([
      'verified',
      'unknown',
    ]);
  });

  it('takes the fault edge of the flow that waits where its own flow has none', () => {
    const nodes: FlowDocument['nodes'] = { sorry: { type: 'hangup', reason: 'sorry' } };
    const { last, ended } = play({ ...outer, fault: 'sorry', nodes: { ...outer.nodes, ...nodes } }, [press('12345')], {
      references,
    });
    expect(ended).toBe('sorry');
    expect(last.decisions[0]).toMatchObject({
      nodeId: 'ask',
      subflow: 'verify-caller@3',
      rule: 'fault-edge',
      wentTo: 'sorry',
    });
  });

  it('ends a flow that enters itself for ever', () => {
    const own = {
      'verify-caller': {
        versions: {
          3: flowOf(subflowNode.example, { variables: { phone: { type: 'text' }, customer: { type: 'text' } } }),
        },
      },
    };
    const { last } = play(outer, [], { references: { flows: own } });
    expect(last.instructions).toEqual([{ type: 'degraded' }]);
    expect(last.decisions.filter(({ rule }) => rule === 'subflow')).toHaveLength(maxSubflows);
    expect(last.decisions.at(-1)?.because).toContain('within each other');
  });

  it('does not compile without the version of the flow', () => {
    expect(() => play(outer, [])).toThrow(/no such version/);
  });
});
