import { describe, expect, it } from 'vitest';
import { compileFlow } from './compile.ts';
import type { FlowDocument } from './document.ts';
import { advance } from './engine.ts';
import type { OldFlowState } from './migrate-state.ts';
import { type EventDetail, type FlowState, initialFlowState } from './state.ts';
import { maxSteps, maxVisits } from './steps.ts';
import { orderFlow } from './testing/order-flow.ts';

const drawn: FlowDocument = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ', 'en-US'],
  voiceId: { 'cs-CZ': 'cs-CZ-Standard-A', 'en-US': 'en-US-Standard-C' },
  variables: { pin: { type: 'text', sensitive: true } },
  start: 'start',
  nodes: {
    start: orderFlow.nodes.start,
    welcome: orderFlow.nodes.welcome,
    order: { ...orderFlow.nodes.order, edges: { collected: 'helper', noInput: 'bye' } },
    helper: { type: 'assistant', assistantId: 'a1', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou', reason: 'done' },
  },
};
const started: EventDetail = { type: 'started' };
const compile = (document: FlowDocument) => compileFlow(document, { assistants: { a1: { outcomes: [] } } });

/** A second passes between two events. */
function run(events: EventDetail[], document = drawn, from: FlowState | OldFlowState = initialFlowState('cs-CZ')) {
  const flow = compile(document);
  let state = from;
  const steps = events.map((event, i) => {
    const step = advance(flow, state, { ...event, atMs: 1000 * (i + 1) });
    state = step.state;
    return step;
  });
  const last = steps.at(-1);
  return { state: last?.state, steps, last };
}

describe('advance', () => {
  it('walks to the first node that waits and gives all instructions on the way', () => {
    const { last, state } = run([started]);
    expect(last?.instructions.map(({ type }) => type)).toEqual(['say', 'gather']);
    expect(state).toMatchObject({ phase: 'waiting', nodeId: 'order', steps: 3 });
  });

  it('speaks the language of the call as the flow has it, with its voice', () => {
    expect(run([started], drawn, initialFlowState('en-GB')).last?.instructions[0]).toEqual({
      type: 'say',
      speech: { text: 'Welcome', language: 'en-US', voiceId: 'en-US-Standard-C' },
    });
    expect(run([started], drawn, initialFlowState('de-DE')).state?.language).toBe('cs-CZ');
  });

  it('keeps what was typed and goes on', () => {
    const { state, last } = run([started, { type: 'digits', digits: '4711' }]);
    expect(state?.vars).toEqual({ order: '4711' });
    expect(last?.instructions).toEqual([{ type: 'assistant', nodeId: 'helper', assistantId: 'a1' }]);
  });

  it('asks again after wrong input, then takes the outcome', () => {
    const { steps, state } = run([started, { type: 'digits', digits: '1' }, { type: 'digits', digits: '' }]);
    expect(steps[1]?.instructions[0]?.type).toBe('gather');
    expect(steps[1]?.decisions).toMatchObject([{ outcome: 'invalid', rule: 'waits', durationMs: 1000 }]);
    expect(steps[2]?.instructions).toEqual([
      { type: 'hangUp', lastWords: { text: 'Na shledanou', voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' } },
    ]);
    expect(state?.phase).toBe('ended');
  });

  it('writes the event into the first decision that it led to, and how long the node took', () => {
    const { steps } = run([started, { type: 'digits', digits: '4711' }]);
    expect(steps[1]?.decisions).toMatchObject([
      {
        nodeId: 'order',
        event: { type: 'digits', digits: '4711' },
        outcome: 'collected',
        wentTo: 'helper',
        durationMs: 1000,
      },
      { nodeId: 'helper', outcome: 'entered', rule: 'waits', durationMs: 0, atMs: 2000 },
    ]);
    expect(steps[1]?.decisions[1]).not.toHaveProperty('event');
  });

  it('ends when the caller hangs up, and stays ended', () => {
    const { steps, state } = run([started, { type: 'hungUp' }, { type: 'digits', digits: '4711' }]);
    expect(state?.phase).toBe('ended');
    expect(steps[2]).toMatchObject({
      instructions: [],
      decisions: [{ rule: 'ignored', because: 'the flow has ended' }],
    });
  });

  it('changes nothing of what it is given', () => {
    const before = Object.freeze(initialFlowState('cs-CZ'));
    const flow = compile(drawn);
    expect(advance(flow, before, { ...started, atMs: 1 })).toEqual(advance(flow, before, { ...started, atMs: 1 }));
  });
});

describe('the fault path', () => {
  const toHelper: EventDetail[] = [started, { type: 'digits', digits: '4711' }];

  it('is the degraded plan where neither the outcome nor the flow has an edge', () => {
    const { last, state } = run([...toHelper, { type: 'assistantLeft', outcome: 'escalation' }]);
    expect(last?.instructions).toEqual([{ type: 'degraded' }]);
    expect(last?.decisions).toMatchObject([
      { nodeId: 'helper', outcome: 'escalation', rule: 'degraded-plan', because: 'the outcome has no edge' },
    ]);
    expect(state?.phase).toBe('ended');
  });

  it('is the fault edge of the flow where it has one', () => {
    const { last } = run([...toHelper, { type: 'assistantLeft', outcome: 'failed' }], { ...drawn, fault: 'bye' });
    expect(last?.decisions[0]).toMatchObject({ rule: 'fault-edge', wentTo: 'bye' });
  });

  it('does not lead a node to itself', () => {
    const { last } = run([...toHelper, { type: 'assistantLeft', outcome: 'failed' }], { ...drawn, fault: 'helper' });
    expect(last?.instructions).toEqual([{ type: 'degraded' }]);
  });

  it('is taken where an edge leads nowhere', () => {
    const nodes = { ...drawn.nodes, welcome: { type: 'say', text: 'x', edges: { next: 'gone' } } } as const;
    expect(run([started], { ...drawn, nodes }).last?.decisions.at(-1)).toMatchObject({
      rule: 'degraded-plan',
      because: 'the flow has no such node',
    });
  });
});

describe('the guards', () => {
  const loop: FlowDocument = {
    ...drawn,
    nodes: {
      ...drawn.nodes,
      start: { type: 'start', edges: { next: 'a' } },
      a: { type: 'say', text: 'x', edges: { next: 'a' } },
    },
  };

  it('end a loop in which nothing happens, and the caller still hears something', () => {
    const { last } = run([started], loop);
    expect(last?.instructions).toHaveLength(maxVisits + 1);
    expect(last?.instructions.at(-1)).toEqual({ type: 'degraded' });
    expect(last?.decisions.at(-1)).toMatchObject({
      rule: 'degraded-plan',
      because: expect.stringContaining('10 times'),
    });
  });

  it('take the fault edge first, and the degraded plan where that loops as well', () => {
    expect(run([started], { ...loop, fault: 'bye' }).last?.decisions.slice(-2)).toMatchObject([
      { rule: 'fault-edge', wentTo: 'bye' },
      { outcome: 'done', rule: 'end' },
    ]);
    const looping: FlowDocument = {
      ...loop,
      fault: 'b',
      nodes: { ...loop.nodes, b: { type: 'say', text: 'y', edges: { next: 'a' } } },
    };
    expect(run([started], looping).last?.instructions.at(-1)).toEqual({ type: 'degraded' });
  });

  it('count steps over the whole call, however much the caller does', () => {
    const asking: FlowDocument = {
      ...drawn,
      nodes: { ...drawn.nodes, helper: { type: 'assistant', assistantId: 'a1', edges: { ended: 'helper' } } },
    };
    const many = Array.from({ length: maxSteps }, (): EventDetail => ({ type: 'assistantLeft', outcome: 'ended' }));
    const { steps, state } = run([started, { type: 'digits', digits: '4711' }, ...many], asking);
    expect(state).toMatchObject({ phase: 'ended', steps: maxSteps });
    const ended = steps.find(({ instructions }) => instructions.at(-1)?.type === 'degraded');
    expect(ended?.decisions.at(-1)?.because).toContain('1000 steps');
  });
});

describe('an event that fits nothing', () => {
  it.each<[string, EventDetail & { visit?: number }, string]>([
    [
      'is of another kind than the node takes',
      { type: 'assistantLeft', outcome: 'ended' },
      'a node of type "collect" takes no such event',
    ],
    [
      'belongs to a node that was left',
      { type: 'digits', digits: '4711', visit: 1 },
      'it belongs to a node that was left',
    ],
    ['begins the call again', started, 'the flow has begun already'],
  ])('%s: it changes nothing, and a decision says so', (_why, event, because) => {
    const { steps } = run([started, event]);
    expect(steps[1]).toMatchObject({
      instructions: [],
      decisions: [{ rule: 'ignored', because, event: { type: event.type } }],
    });
    expect(steps[1]?.state.nodeId).toBe('order');
  });

  it('comes before the beginning', () => {
    expect(run([{ type: 'digits', digits: '1' }]).last?.decisions).toMatchObject([
      { rule: 'ignored', because: 'the flow has not begun' },
    ]);
  });

  it('comes with a time before the last one, which stands still for it', () => {
    const flow = compile(drawn);
    const { state } = advance(flow, initialFlowState('cs-CZ'), { ...started, atMs: 5000 });
    for (const atMs of [1000, Number.NaN])
      expect(advance(flow, state, { type: 'digits', digits: '', atMs }).decisions).toMatchObject([
        { atMs: 5000, durationMs: 0 },
      ]);
  });
});

describe('a state of another engine', () => {
  const old: OldFlowState = {
    stateVersion: 1,
    phase: 'waiting',
    nodeId: 'order',
    language: 'cs-CZ',
    vars: { known: 'x' },
    steps: 3,
    visits: { order: 1 },
    attempts: 1,
  };

  it('is brought up to date where it is older', () => {
    const { last, state } = run([{ type: 'digits', digits: '4711' }], drawn, old);
    expect(state).toMatchObject({ stateVersion: 2, nodeId: 'helper', vars: { known: 'x', order: '4711' } });
    expect(last?.decisions[0]?.notes).toEqual([expect.stringContaining('older engine')]);
  });

  it('takes the fault path where it cannot be read', () => {
    const unknown: FlowState = JSON.parse(JSON.stringify({ ...old, stateVersion: 99 }));
    const { last } = run([{ type: 'digits', digits: '4711' }], { ...drawn, fault: 'bye' }, unknown);
    expect(last?.decisions[0]).toMatchObject({
      rule: 'fault-edge',
      because: 'the state of the call could not be read',
    });
    expect(last?.instructions.at(-1)?.type).toBe('hangUp');
  });
});

describe('names of the language', () => {
  it('are no outcomes, no nodes and no variables', () => {
    const toHelper: EventDetail[] = [started, { type: 'digits', digits: '4711' }];
    const { last } = run([...toHelper, { type: 'assistantLeft', outcome: 'constructor' }]);
    expect(last?.decisions).toMatchObject([{ outcome: 'constructor', rule: 'degraded-plan' }]);
    const nodes: FlowDocument['nodes'] = { start: { type: 'start', edges: { next: 'constructor' } } };
    expect(run([started], { ...drawn, nodes }).last?.decisions.at(-1)).toMatchObject({
      nodeId: 'constructor',
      because: 'the flow has no such node',
    });
  });
});

describe('what is larger than a call has room for', () => {
  const returning: FlowDocument = {
    ...drawn,
    nodes: {
      start: { type: 'start', edges: { next: 'helper' } },
      helper: { type: 'assistant', assistantId: 'a1', result: 'talk', edges: { ended: 'helper' } },
    },
  };

  it('is cut as it comes in, so that the ledger holds what the flow worked with', () => {
    const data = { words: 'ž'.repeat(50_000), more: 1 };
    const { last, state } = run([started, { type: 'assistantLeft', outcome: 'ended', data }], returning);
    expect(last?.decisions[0]?.notes).toContain('what came was cut');
    expect(last?.decisions[0]?.event).toMatchObject({ data: state?.vars['talk'] });
    expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(32_000);
  });

  it('is no default either, and the ledger says which variables had no room', () => {
    const variables: FlowDocument['variables'] = {};
    for (let i = 0; i < 300; i++) variables[`v${i}`] = { type: 'text', default: 'x'.repeat(500) };
    const { state, last } = run([started], { ...drawn, variables });
    expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(32_000);
    expect(last?.decisions[0]?.notes?.at(-1)).toBe('a call has no room for the value of "v299"');
  });
});
