import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { askingFlow, demoFlow, madeUpCall } from '../../test/made-up-call.ts';
import { admitted, initialCoreState, proceeded } from './call-core.ts';
import { describeCall } from './call-words.ts';
import { answeredOrHeld, questionAnswered } from './open-question.ts';

const call = madeUpCall('CA1', askingFlow);

describe('the words for operators', () => {
  it('say where the call stands and which nodes it came through, when and how', () => {
    const asking = admitted(call, initialCoreState(call), {}, 1_000);
    expect(describeCall(asking).split('\n')).toEqual([
      'Node `look-up` waits for callTool.',
      '',
      '- 0.0 s: `start` (start): next',
      '- 0.0 s: `welcome` (say): next',
    ]);
    const told = questionAnswered(call, asking, { visit: 3 }, { type: 'toolAnswered', status: 'timeout' }, 2_500);
    expect(
      describeCall(answeredOrHeld(call, told, undefined, 3_250))
        .split('\n')
        .slice(-2),
    ).toEqual(['- 2.3 s: `look-up` (http): timeout', '- 2.3 s: `sorry` (hangup): sorry']);
  });

  it('keep to the last twenty nodes, and say nothing of what was typed', () => {
    const collect = {
      type: 'collect',
      prompt: 'PIN?',
      variable: 'pin',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5_000,
      tries: 1,
      sensitive: true,
      edges: { collected: 'ask', noInput: 'ask', invalid: 'ask' },
    } as const;
    const flow: FlowDocument = {
      ...demoFlow,
      nodes: { start: { type: 'start', edges: { next: 'ask' } }, ask: collect },
    };
    const circling = madeUpCall('CA2', flow);
    let state = admitted(circling, initialCoreState(circling), {}, 1_000);
    for (let typed = 0; typed < 30; typed++) {
      const event = { type: 'digits', digits: '4711' } as const;
      state = proceeded(circling, state, { number: state.answer?.number ?? 0, event }, 2_000 + typed);
    }
    const words = describeCall(state);
    expect(words.split('\n')).toHaveLength(22);
    expect(words).toContain('`ask` (collect): collected');
    expect(words).not.toContain('4711');
  });
});
