import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../tools.ts';
import type { EventDetail } from '../state.ts';
import { flowOf, play } from '../testing/play.ts';
import { httpNode } from './http.ts';

const tool: ToolDefinition = {
  toolId: 'order-status',
  name: 'order_status',
  description: '',
  type: 'http',
  endpoint: 'https://crm.test/orders',
  method: 'POST',
  headers: {},
  timeoutMs: 5000,
  idempotent: true,
  maxResponseBytes: 10_000,
};
const options = { references: { tools: { 'order-status': tool } } };
const http = flowOf(httpNode.example, {
  variables: { order: { type: 'text', default: '4711' }, status: { type: 'json' } },
});
const answer = (fields: object): EventDetail => ({ type: 'toolAnswered', status: 'ok', ...fields });

describe('http', () => {
  it('asks the tool with its arguments filled in and its own deadline', () => {
    expect(play(http, [], options).last.instructions).toEqual([
      { type: 'callTool', nodeId: 'it', visit: 2, toolId: 'order-status', args: { order: '4711' }, timeoutMs: 4000 },
    ]);
  });

  it('keeps the answer', () => {
    const { ended, state } = play(http, [answer({ httpStatus: 200, data: { status: 'sent' } })], options);
    expect([ended, state.vars['status']]).toEqual(['ok', { status: 'sent' }]);
  });

  it.each([
    ['404', answer({ status: 'failed', httpStatus: 404 })],
    ['failed', answer({ status: 'failed', httpStatus: 500 })],
    ['failed', answer({ status: 'cancelled' })],
    ['timeout', answer({ status: 'timeout' })],
  ])('leaves by %s', (outcome, event) => {
    expect(play(http, [event], options).ended).toBe(outcome);
  });

  it('fails where the answer is no such thing as its variable takes', () => {
    const typed = { ...http, variables: { ...http.variables, status: { type: 'number' } } } as const;
    const { ended, decision } = play(typed, [answer({ data: 'soon' })], options);
    expect(ended).toBe('failed');
    expect(decision?.notes).toEqual(['the value for "status" is no number: it was left as it was']);
  });

  it('takes no answer to a question of an earlier stay', () => {
    const late = { ...answer({ data: 1 }), visit: 1 };
    expect(play(http, [late], options).last.decisions).toMatchObject([{ rule: 'ignored' }]);
  });

  it('keeps a sensitive answer out of the ledger', () => {
    const secret = { ...http, variables: { ...http.variables, status: { type: 'json', sensitive: true } } } as const;
    const { steps } = play(secret, [answer({ data: { pin: '1234' } })], options);
    expect(JSON.stringify(steps.map(({ decisions }) => decisions))).not.toContain('1234');
  });

  it('says which of its arguments nobody may read in the log of tools, whole or in a text', () => {
    const node = {
      ...httpNode.example,
      arguments: { phone: '{{ caller.number }}', note: { text: 'PIN {{ vars.pin }}' }, order: '{{ vars.order }}' },
    };
    const variables = { ...http.variables, pin: { type: 'text', default: '1234', sensitive: true } } as const;
    const { last } = play(flowOf(node, { variables }), [], options);
    expect(last.instructions).toMatchObject([{ hiddenArguments: ['phone', 'note'] }]);
    expect(last.instructions[0]).not.toHaveProperty('hidesAnswer');
    const secret = { ...variables, status: { type: 'json', sensitive: true } } as const;
    expect(play(flowOf(node, { variables: secret }), [], options).last.instructions).toMatchObject([
      { hidesAnswer: true },
    ]);
  });

  it('fails where the tool did not come with the flow', () => {
    expect(play(http, []).ended).toBe('failed');
  });
});
