import { expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import { advance } from '../engine.ts';
import { initialFlowState } from '../state.ts';
import { flowOf } from '../testing/play.ts';
import { splitNode } from './split.ts';

const flow = compileFlow(flowOf(splitNode.example), { assistants: {} });
const branchOf = (id: string): string | undefined =>
  advance(flow, initialFlowState('cs-CZ'), { type: 'started', call: { id }, atMs: 1 }).decisions.at(-1)?.outcome;

it('gives each branch its share of calls', () => {
  const branches = Array.from({ length: 5000 }, (_, i) => branchOf(`CA${i.toString(16).padStart(32, '0')}`));
  const share = branches.filter((branch) => branch === 'new').length / branches.length;
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.12);
});

it('sends the same call the same way, and another node may send it another way', () => {
  expect(branchOf('CA1')).toBe(branchOf('CA1'));
  const { decisions } = advance(flow, initialFlowState('cs-CZ'), { type: 'started', call: { id: 'CA1' }, atMs: 1 });
  expect(decisions.find(({ nodeId }) => nodeId === 'it')).toMatchObject({
    known: { 'call.id': 'CA1' },
    because: expect.stringContaining('%'),
    lost: [{ because: expect.stringContaining('another was drawn') }],
  });
});
