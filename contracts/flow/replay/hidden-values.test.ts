import { expect, it } from 'vitest';
import type { CompiledFlow } from '../compiled.ts';
import type { FlowNode } from '../document.ts';
import { recordedCall } from '../testing/recorded-call.ts';
import { against, dialled, flowWith, menu, nodes, path, pressed, references } from '../testing/replayed-shop.ts';
import { reversed } from '../testing/reversed-keys.ts';

const pin: FlowNode = {
  type: 'collect',
  prompt: 'PIN',
  variable: 'pin',
  sensitive: true,
  minDigits: 4,
  maxDigits: 4,
  finishOnKey: '',
  timeoutMs: 5000,
  tries: 1,
  pattern: '^[0-9]+$',
  edges: { collected: 'is-known', invalid: 'bye', noInput: 'bye' },
};
const isKnown: FlowNode = {
  type: 'condition',
  rules: [{ outcome: 'known', when: { variable: 'vars.pin', operator: 'equals', value: '4711' } }],
  edges: { known: 'colleague', otherwise: 'bye' },
};
const hidden = { menu: { ...menu, edges: { ...menu.edges, orders: 'pin' } } as FlowNode, pin, 'is-known': isKnown };
const call = recordedCall(flowWith(hidden), [pressed('1'), pressed('4711'), dialled('completed')], {
  references: references(),
});

it('what the ledger hides decides as it did, where the nodes are what they were', () => {
  expect(JSON.stringify(call.decisions)).not.toContain('4711');
  const result = against(call, { ...hidden, bye: { type: 'hangup', reason: 'other' } });
  expect(result.parting).toMatchObject({ place: 'bye' });
  expect(path(result, 'now')).toContain('is-known: known -> colleague');
  const stored = { ...call, flow: reversed(call.flow) as CompiledFlow };
  expect(against(stored, hidden)).toMatchObject({ verdict: 'same', assumptions: [] });
});

it('what the ledger hides stops the replay where another rule looks at it', () => {
  const rules = [{ outcome: 'known', when: { variable: 'vars.pin', operator: 'startsWith', value: '47' } }];
  const result = against(call, { ...hidden, 'is-known': { ...isKnown, rules } as FlowNode });
  expect(result).toMatchObject({
    verdict: 'stops',
    stop: { nodeId: 'is-known', kind: 'hidden-value', because: 'the node is not what it was in the call' },
  });
});

it('what the ledger hides is taken from the call where it is kept there', () => {
  const byNumber: FlowNode = {
    ...isKnown,
    rules: [{ outcome: 'known', when: { variable: 'caller.number', operator: 'inPrefix', value: ['+420'] } }],
  };
  const changed = {
    hours: { ...nodes['hours'], edges: { open: 'by-number', closed: 'bye' } } as FlowNode,
    'by-number': byNumber,
  };
  expect(path(against(call, { ...hidden, ...changed }), 'now')).toContain('by-number: known -> colleague');
  const { callerNumber: _unknown, ...anonymous } = call;
  expect(against(anonymous, { ...hidden, ...changed }).stop).toMatchObject({
    nodeId: 'by-number',
    kind: 'hidden-value',
  });
});
