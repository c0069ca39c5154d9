import { describe, expect, it } from 'vitest';
import { admitted, initialCoreState, proceeded, toolReported } from './call-core.ts';
import { statusArrived } from './call-end.ts';
import { attached } from './call-media.ts';
import { begin, call, g1, g2, kinds, next, orders, stop, stream, waitedInVain } from '../../test/call-core-fixture.ts';
import { demoFlow, madeUpCall, madeUpDegradedPlan } from '../../test/made-up-call.ts';

describe('admission', () => {
  it('answers with the first instructions and the gateway of the first epoch', () => {
    const state = begin();
    expect(state.answer).toEqual({
      number: 1,
      instructions: [{ type: 'assistant', nodeId: 'helper', assistantId: 'helper' }],
      media: { gateway: g1, epoch: 1, nodeId: 'helper', assistantVersionId: 'helper@1' },
    });
    expect(state.phase).toBe('streaming');
  });

  it('keeps its answer when the carrier asks again', () => {
    const state = begin();
    expect(admitted(call, state, { gateway: g2 }, 9_000)).toBe(state);
  });

  it('begins nothing for a caller who has gone already', () => {
    const gone = statusArrived(initialCoreState(call), { status: 'canceled', sequence: 1 }, 900);
    const state = admitted(call, gone, { gateway: g1 }, 1_000);
    expect(kinds(state)).toEqual(['hangUp']);
    expect(state).toMatchObject({ phase: 'ended', epoch: 0, outcome: 'canceled' });
  });

  it('waits a moment where no gateway is up, and goes to the first that comes', () => {
    const waiting = admitted(call, initialCoreState(call), {}, 1_000);
    expect(waiting.answer).toEqual({ number: 1, instructions: [{ type: 'pause', lengthMs: 1000 }] });
    const talking = next(waiting, { type: 'done' }, { gateway: g2 });
    expect(talking.answer).toMatchObject({ number: 2, media: { gateway: g2, epoch: 1, nodeId: 'helper' } });
    expect(talking.gatewayWait).toBeUndefined();
  });

  it('takes the degraded plan where no gateway comes, and never a stuck call', () => {
    const state = waitedInVain(admitted(call, initialCoreState(call), {}, 1_000));
    expect(state.answer?.instructions).toEqual([{ type: 'degraded', plan: madeUpDegradedPlan }]);
    expect(state).toMatchObject({ phase: 'degraded', outcome: 'degraded', epoch: 0 });
  });

  it('takes the degraded plan where the assistant of a node is missing', () => {
    const bare = { ...call, flow: { ...call.flow, assistants: {} } };
    expect(kinds(begin(bare))).toEqual(['degraded']);
  });

  it('ends a flow that leads back to an assistant whom nobody can run', () => {
    const loop = madeUpCall('CA3', {
      ...demoFlow,
      nodes: { ...demoFlow.nodes, helper: { type: 'assistant', assistantId: 'helper', edges: { failed: 'helper' } } },
    });
    const state = waitedInVain(admitted(loop, initialCoreState(loop), {}, 1_000), loop);
    expect(kinds(state)).toEqual(['degraded']);
    expect(state.flow.phase).toBe('ended');
  });
});

describe('questions', () => {
  it('moves nothing for an older number', () => {
    const first = begin();
    const second = next(stop(stream(first), 'ended'), { type: 'streamEnded' });
    expect(proceeded(call, second, { number: 1, event: { type: 'streamEnded' }, gateway: g1 }, 6_000)).toBe(second);
  });

  it('walks two assistants and a collect, with an epoch for each assistant', () => {
    const talking = stream(begin(orders), 'MZ1', orders);
    const asked = next(stop(talking, 'order'), { type: 'streamEnded' }, { of: orders });
    expect(kinds(asked)).toEqual(['gather']);
    const typed = next(asked, { type: 'digits', digits: '4711' }, { of: orders });
    expect(typed.answer?.media).toMatchObject({ epoch: 2, nodeId: 'clerk', assistantVersionId: 'clerk@1' });
    const [, answer] = attached(orders, typed, { epoch: 2, streamId: 'MZ2', gatewayId: 'g1' }, 6_000);
    expect(answer).toMatchObject({
      accepted: true,
      clockMs: 5_000,
      resumed: false,
      handedOver: true,
      vars: { order: '4711' },
    });
    const over = next(stop(stream(typed, 'MZ2', orders), 'ended'), { type: 'streamEnded' }, { of: orders });
    expect(kinds(over)).toEqual(['hangUp']);
    expect(over.outcome).toBe('done');
  });

  it('asks again when the carrier brings nothing', () => {
    const asked = next(stop(stream(begin(orders), 'MZ1', orders), 'order'), { type: 'streamEnded' }, { of: orders });
    const again = next(asked, { type: 'done' }, { of: orders });
    expect(kinds(again)).toEqual(['gather']);
    expect(again.answer?.number).toBe(3);
  });

  it('escalates to the degraded plan where the outcome has no edge, then to its next step', () => {
    const escalated = next(stop(stream(begin()), 'escalation'), { type: 'streamEnded' });
    expect(escalated.answer?.instructions).toEqual([{ type: 'degraded', plan: madeUpDegradedPlan }]);
    const unanswered = next(escalated, { type: 'dialEnded', status: 'no-answer' });
    expect(unanswered.answer?.instructions).toEqual([
      { type: 'degraded', plan: { ...madeUpDegradedPlan, steps: madeUpDegradedPlan.steps.slice(2) } },
    ]);
    expect(kinds(next(unanswered, { type: 'voicemailLeft', durationS: 7 }))).toEqual(['hangUp']);
    expect(kinds(next(escalated, { type: 'dialEnded', status: 'completed' }))).toEqual(['hangUp']);
  });
});

describe('a tool', () => {
  it('counts once, whoever reports it', () => {
    const tool = { functionCallId: 'f1', name: 'crm', status: 'ok', latencyMs: 30 } as const;
    expect(toolReported(toolReported(begin(), tool), tool).tools).toEqual([tool]);
  });
});
