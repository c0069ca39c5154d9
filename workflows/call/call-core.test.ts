import { describe, expect, it } from 'vitest';
import type { AnsweredBy, CallInput, CarrierEvent, MediaStopped } from '../../contracts/messages.ts';
import { demoFlow, madeUpCall, madeUpDegradedPlan, orderFlow } from '../../test/made-up-call.ts';
import {
  adoptedAs,
  admitted,
  attached,
  awaitsLastWord,
  checkpointed,
  deathWindowMs,
  dialled,
  gaveUp,
  initialCoreState,
  isDialled,
  maxDeaths,
  mediaHasStopped,
  movingAway,
  proceeded,
  statusArrived,
  toolReported,
  withdrawn,
} from './call-core.ts';
import { detected, isMachineDue } from './answer-machine.ts';
import { maxGatewayWaits } from './call-answers.ts';
import { describeCall } from './call-words.ts';
import type { CoreState } from './call-state.ts';

const g1 = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
const g2 = { ...g1, gatewayId: 'g2' };
const call = madeUpCall('CA1');
const orders = madeUpCall('CA2', orderFlow);

const begin = (of: CallInput = call, gateway: typeof g1 | undefined = g1): CoreState =>
  admitted(of, initialCoreState(of), { gateway }, 1_000);
const next = (
  state: CoreState,
  event: CarrierEvent,
  { of = call, gateway = g1, atMs = 5_000 }: { of?: CallInput; gateway?: typeof g1; atMs?: number } = {},
): CoreState => proceeded(of, state, { number: state.answer?.number ?? 0, event, gateway }, atMs);
const stop = (state: CoreState, outcome: string, fields: Partial<MediaStopped> = {}): CoreState =>
  mediaHasStopped(state, { epoch: state.epoch, outcome, lastSeq: 4, ...fields }, 4_000);
const stream = (state: CoreState, streamId = 'MZ1', of: CallInput = call): CoreState =>
  attached(of, state, { epoch: state.epoch, streamId, gatewayId: 'g1' }, 2_500)[0];
/** The carrier asks again, as often as it is told to wait for a gateway, and none comes. */
const waitedInVain = (state: CoreState, of: CallInput = call): CoreState => {
  let waiting = state;
  for (let asked = 1; asked <= maxGatewayWaits; asked++) {
    expect(kinds(waiting)).toEqual(['pause']);
    waiting = proceeded(of, waiting, { number: waiting.answer?.number ?? 0, event: { type: 'done' } }, 5_000 + asked);
  }
  return waiting;
};
const kinds = (state: CoreState): string[] => (state.answer?.instructions ?? []).map(({ type }) => type);

describe('a call that is taken away from its gateway', () => {
  it('does not believe that gateway that the caller has gone, but believes the next one', () => {
    const moving = stop(movingAway(stream(begin())), 'callerHungUp');
    expect(moving.callerHungUp).toBe(false);
    const moved = stream(next(moving, { type: 'streamEnded' }, { gateway: g2 }), 'MZ2');
    expect(moved).toMatchObject({ phase: 'streaming', epoch: 2 });
    expect(stop(moved, 'callerHungUp').callerHungUp).toBe(true);
  });

  it('takes any other outcome that comes while it moves', () => {
    const left = next(stop(movingAway(stream(begin())), 'ended'), { type: 'streamEnded' });
    expect(kinds(left)).toEqual(['hangUp']);
  });
});

describe('a handover between two turns', () => {
  it('goes on in the next epoch unnoticed, and is no death', () => {
    let state = stream(begin());
    for (let move = 0; move < maxDeaths + 2; move++) {
      state = checkpointed(state, { epoch: state.epoch, lastSeq: 2, isHandover: true });
      state = next(state, { type: 'streamEnded' }, { gateway: g2, atMs: 5_000 + move });
      const [attachedTo, answered] = attached(
        call,
        state,
        { epoch: state.epoch, streamId: `MZ-h${move}`, gatewayId: 'g2' },
        6_000,
      );
      expect(answered).toMatchObject({ accepted: true, resumed: true, unnoticed: true });
      state = attachedTo;
    }
    expect(state.visit?.deathsAtMs).toEqual([]);
  });

  it('is forgotten when the next epoch dies', () => {
    const moved = next(checkpointed(stream(begin()), { epoch: 1, lastSeq: 2, isHandover: true }), {
      type: 'streamEnded',
    });
    const died = next(stream(moved, 'MZ2'), { type: 'streamEnded' });
    const [, answered] = attached(call, died, { epoch: 3, streamId: 'MZ3', gatewayId: 'g1' }, 9_000);
    expect(answered).toMatchObject({ accepted: true, resumed: true });
    expect(answered).not.toHaveProperty('unnoticed');
  });
});

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

describe('a call that we placed', () => {
  const dial = { idempotencyKey: 'k1', timeoutS: 30, machineDetection: 'async' } as const;
  const carrier = { ...call.carrier, carrierCallId: '' };
  const outbound: CallInput = { ...call, direction: 'outbound', carrier, dial };
  const withMessage: CallInput = {
    ...outbound,
    flow: madeUpCall('CA1', { ...demoFlow, voicemailMessage: { cs: 'Volali jsme vám.', en: 'We called.' } }).flow,
  };
  const status = { sequence: 1, carrierCallId: 'CA9' };

  it('is known to be dialled by the first callback of the carrier, whatever became of our request', () => {
    const waiting = initialCoreState(outbound);
    expect(isDialled(waiting)).toBe(false);
    const ringing = statusArrived(waiting, { ...status, status: 'ringing' }, 900);
    expect([isDialled(ringing), ringing.carrierCallId]).toEqual([true, 'CA9']);
    const answered = admitted(outbound, waiting, { gateway: g1, carrierCallId: 'CA9', answeredBy: 'human' }, 1_000);
    expect(answered).toMatchObject({ carrierCallId: 'CA9', phase: 'streaming' });
    expect(dialled(ringing, 'CA-another').carrierCallId).toBe('CA9');
  });

  it('ends with the outcome that fits: nobody there, or a party that declined', () => {
    const ended = (rejected: boolean) =>
      statusArrived(initialCoreState(outbound), { ...status, status: 'busy', rejected }, 900).outcome;
    expect([ended(false), ended(true)]).toEqual(['busy', 'rejected']);
  });

  it('keeps why nobody was reached, and only where the outcome is a failure', () => {
    const refused = gaveUp(initialCoreState(outbound), 'failed', 900, {
      reason: 'number-invalid',
      carrierCode: 21_211,
    });
    expect(refused).toMatchObject({ outcome: 'failed', failure: { reason: 'number-invalid', carrierCode: 21_211 } });
    expect(describeCall(refused)).toContain('failed (`number-invalid`, carrier error 21211)');
    const failed = statusArrived(initialCoreState(outbound), { ...status, status: 'failed', sipCode: 404 }, 900);
    expect(failed.failure).toEqual({ reason: 'not-put-through', sipCode: 404 });
    expect(describeCall(failed)).toContain('(`not-put-through`, SIP 404)');
    expect(statusArrived(initialCoreState(outbound), { ...status, status: 'busy', sipCode: 486 }, 900).failure).toBe(
      undefined,
    );
  });

  it('hangs up on a machine without walking the flow', () => {
    const state = admitted(outbound, initialCoreState(outbound), { gateway: g1, answeredBy: 'machine' }, 1_000);
    expect(state.answer).toEqual({ number: 1, instructions: [{ type: 'hangUp' }] });
    expect(state).toMatchObject({ outcome: 'voicemail', epoch: 0, decisions: [{ outcome: 'voicemail', index: 1 }] });
    const over = statusArrived(state, { ...status, status: 'completed' }, 2_000);
    expect(over).toMatchObject({ outcome: 'voicemail', callerHungUp: false });
    expect(kinds(next(state, { type: 'done' }, { of: outbound }))).toEqual(['hangUp']);
  });

  const lastWords = { text: 'Volali jsme vám.', voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' };
  const machine = { answeredBy: 'machine', heardBeep: true } as const;

  it('leaves the flow’s message where it has one, in the language of the call, unless told otherwise', () => {
    const answerTo = (of: CallInput, answeredBy: AnsweredBy) =>
      admitted(of, initialCoreState(of), { answeredBy }, 1_000).answer?.instructions;
    expect(answerTo(withMessage, 'machine')).toEqual([{ type: 'hangUp', lastWords }]);
    expect(answerTo(withMessage, 'fax')).toEqual([{ type: 'hangUp' }]);
    const silent: CallInput = { ...withMessage, dial: { ...dial, onVoicemail: 'hang-up' } };
    expect(answerTo(silent, 'machine')).toEqual([{ type: 'hangUp' }]);
  });

  it('takes the assistant off a machine’s line, and the message is what comes next', () => {
    const talking = stream(admitted(withMessage, initialCoreState(withMessage), { gateway: g1 }, 1_000));
    const found = detected(talking, machine);
    expect([isMachineDue(found), found.outcome, found.phase]).toEqual([true, 'voicemail', 'streaming']);
    const moving = movingAway(found);
    const hungUp = stop(moving, 'callerHungUp');
    expect(hungUp.outcome).toBe('voicemail');
    const message = next(moving, { type: 'streamEnded' }, { of: withMessage });
    expect(message.answer).toEqual({ number: 2, instructions: [{ type: 'hangUp', lastWords }] });
    expect(message).toMatchObject({ phase: 'carrier', visit: undefined });
    expect(message.decisions.at(-1)).toMatchObject({ nodeId: 'helper', outcome: 'voicemail', wentTo: 'hang-up' });
    expect(message.streamedMs).toBeGreaterThan(0);
    expect(kinds(next(message, { type: 'done' }, { of: withMessage }))).toEqual(['hangUp']);
    expect(statusArrived(message, { ...status, status: 'completed' }, 9_000).outcome).toBe('voicemail');
  });

  it('says in the message what the flow has learnt so far', () => {
    const flow = madeUpCall('CA3', { ...orderFlow, voicemailMessage: 'Objednávka {{ vars.order }} je tu.' }).flow;
    const orderCall: CallInput = { ...outbound, flow };
    const typed = next(begin(orderCall), { type: 'streamEnded', outcome: 'order' }, { of: orderCall });
    const clerk = next(typed, { type: 'digits', digits: '4711' }, { of: orderCall });
    const moving = movingAway(detected(clerk, machine));
    expect(next(moving, { type: 'streamEnded' }, { of: orderCall }).answer?.instructions).toMatchObject([
      { type: 'hangUp', lastWords: { text: 'Objednávka 4711 je tu.' } },
    ]);
  });

  it('is the machine’s from the first question where the carrier was quicker with its result', () => {
    const found = detected(initialCoreState(withMessage), machine);
    expect(admitted(withMessage, found, { gateway: g1 }, 1_000).answer?.instructions).toEqual([
      { type: 'hangUp', lastWords },
    ]);
  });

  it.each(['human', 'unknown'] as const)('goes on with whoever is %s', (answeredBy) => {
    const talking = stream(admitted(withMessage, initialCoreState(withMessage), { gateway: g1 }, 1_000));
    const found = detected(talking, { answeredBy, heardBeep: false });
    expect([isMachineDue(found), found.outcome]).toEqual([false, undefined]);
    expect(next(stop(found, 'ended'), { type: 'streamEnded' }, { of: withMessage }).outcome).toBe('done');
  });

  it('takes the first result, and none of a call that is leaving or over', () => {
    const talking = stream(admitted(withMessage, initialCoreState(withMessage), { gateway: g1 }, 1_000));
    const found = detected(talking, machine);
    expect(detected(found, machine)).toBe(found);
    const person = detected(talking, { answeredBy: 'human', heardBeep: false });
    expect(detected(person, machine)).toBe(person);
    const leaving = next(stop(talking, 'ended'), { type: 'streamEnded' }, { of: withMessage });
    expect(detected(leaving, machine)).toBe(leaving);
    const over = statusArrived(talking, { ...status, status: 'completed' }, 5_000);
    expect(detected(over, machine)).toBe(over);
  });

  it('learns from the last status of a machine that it was never told of', () => {
    const talking = stream(admitted(withMessage, initialCoreState(withMessage), { gateway: g1 }, 1_000));
    const ended = (state: CoreState, answeredBy: AnsweredBy) =>
      statusArrived(state, { ...status, status: 'completed', answeredBy }, 5_000).outcome;
    expect([ended(talking, 'machine'), ended(talking, 'human')]).toEqual(['voicemail', 'callerHungUp']);
    const done = next(stop(talking, 'ended'), { type: 'streamEnded' }, { of: withMessage });
    expect(ended(done, 'machine')).toBe('done');
  });
});

describe('a call that its tenant ends', () => {
  it('is hung up on, whatever it was about to do, and that is its outcome', () => {
    const talking = withdrawn(stream(begin()), 4_000);
    expect(talking).toMatchObject({ outcome: 'tenantHungUp', leavingAtMs: 4_000, phase: 'streaming' });
    expect(withdrawn(talking, 5_000)).toBe(talking);
    const hungUp = stop(talking, 'callerHungUp');
    expect(statusArrived(hungUp, { status: 'completed', sequence: 9 }, 5_000).outcome).toBe('tenantHungUp');
    expect(kinds(next(talking, { type: 'streamEnded' }))).toEqual(['hangUp']);
  });

  it('is canceled before anybody answers, and hung up on where somebody was quicker', () => {
    const ringing = withdrawn(initialCoreState(call), 900);
    expect(ringing.outcome).toBe(undefined);
    expect(statusArrived(ringing, { status: 'canceled', sequence: 2 }, 1_000).outcome).toBe('canceled');
    const answered = admitted(call, ringing, { gateway: g1 }, 1_000);
    expect([kinds(answered), answered.outcome, answered.epoch]).toEqual([['hangUp'], 'tenantHungUp', 0]);
  });

  it('keeps the outcome that it had, and changes nothing once it is over', () => {
    const leaving = next(stop(stream(begin()), 'ended'), { type: 'streamEnded' });
    expect(withdrawn(leaving, 6_000).outcome).toBe('done');
    const over = statusArrived(leaving, { status: 'completed', sequence: 9 }, 6_000);
    expect(withdrawn(over, 7_000)).toBe(over);
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

describe('the death of a stream', () => {
  it('goes on in the next epoch on the gateway that is offered now', () => {
    const again = next(stream(begin()), { type: 'streamEnded' }, { gateway: g2 });
    expect(again.answer).toMatchObject({ number: 2, media: { gateway: g2, epoch: 2, nodeId: 'helper' } });
    const [, answer] = attached(call, again, { epoch: 2, streamId: 'MZ2', gatewayId: 'g2' }, 6_000);
    expect(answer).toMatchObject({ accepted: true, resumed: true, handedOver: false });
  });

  it('takes the outcome that the gateway could only store', () => {
    expect(kinds(next(stream(begin()), { type: 'streamEnded', outcome: 'ended' }))).toEqual(['hangUp']);
  });

  it('is a failure after too many within a minute, and not when they are far apart', () => {
    let state = begin();
    for (let death = 1; death <= maxDeaths; death++)
      state = next(state, { type: 'streamEnded' }, { atMs: 5_000 + death });
    expect(state.phase).toBe('streaming');
    expect(next(state, { type: 'streamEnded' }, { atMs: 6_000 }).phase).toBe('degraded');
    expect(next(state, { type: 'streamEnded' }, { atMs: 6_000 + deathWindowMs }).phase).toBe('streaming');
  });

  const dead = (): CoreState => proceeded(call, stream(begin()), { number: 1, event: { type: 'streamEnded' } }, 5_000);

  it('waits a moment for a gateway and goes on where the conversation stopped', () => {
    const again = next(dead(), { type: 'done' }, { gateway: g2 });
    expect(again.answer).toMatchObject({ number: 3, media: { gateway: g2, epoch: 2, nodeId: 'helper' } });
    const [, answer] = attached(call, again, { epoch: 2, streamId: 'MZ2', gatewayId: 'g2' }, 6_000);
    expect(answer).toMatchObject({ accepted: true, resumed: true });
  });

  it('does not believe in the gateway that has just died until it is offered once more', () => {
    const question = { number: 1, event: { type: 'streamEnded' }, gateway: g1, isSuspect: true } as const;
    const doubted = proceeded(call, stream(begin()), question, 5_000);
    expect(kinds(doubted)).toEqual(['pause']);
    expect(next(doubted, { type: 'done' }, { gateway: g1 }).answer?.media).toMatchObject({ gateway: g1, epoch: 2 });
  });

  it('was none where the outcome arrives while the caller waits', () => {
    expect(kinds(next(stop(dead(), 'ended'), { type: 'done' }))).toEqual(['hangUp']);
  });

  it('is a failure where no gateway comes', () => {
    expect(waitedInVain(dead()).phase).toBe('degraded');
  });
});

describe('attach', () => {
  it('accepts an epoch for one stream only', () => {
    const state = stream(begin());
    expect(attached(call, state, { epoch: 1, streamId: 'MZ1', gatewayId: 'g1' }, 3_000)[1]).toMatchObject({
      accepted: true,
    });
    expect(attached(call, state, { epoch: 1, streamId: 'MZ9', gatewayId: 'g2' }, 3_000)[1]).toEqual({
      accepted: false,
      reason: 'taken',
    });
  });

  it('refuses an older epoch, a later one, and a call that is not streaming', () => {
    const second = next(stream(begin()), { type: 'streamEnded' });
    expect(attached(call, second, { epoch: 1, streamId: 'MZ1', gatewayId: 'g1' }, 3_000)[1]).toEqual({
      accepted: false,
      reason: 'stale-epoch',
    });
    expect(attached(call, second, { epoch: 3, streamId: 'MZ3', gatewayId: 'g1' }, 3_000)[1]).toEqual({
      accepted: false,
      reason: 'not-streaming',
    });
    expect(attached(call, stop(second, 'ended'), { epoch: 2, streamId: 'MZ2', gatewayId: 'g1' }, 3_000)[1]).toEqual({
      accepted: false,
      reason: 'not-streaming',
    });
  });
});

describe('reports', () => {
  it('ignores what an older epoch says', () => {
    const second = next(stream(begin()), { type: 'streamEnded' });
    expect(stop(second, 'ended', { epoch: 1 })).toBe(second);
    expect(checkpointed(second, { epoch: 1, lastSeq: 9 })).toBe(second);
  });

  it('remembers that the caller hung up', () => {
    const state = stop(stream(begin()), 'callerHungUp');
    expect(state).toMatchObject({ callerHungUp: true, leavingAtMs: 4_000, outcome: 'callerHungUp', lastSeq: 4 });
    expect(kinds(next(state, { type: 'streamEnded' }))).toEqual(['hangUp']);
  });

  it('ends at a terminal status in whatever order statuses come, once', () => {
    const ended = statusArrived(stream(begin()), { status: 'completed', sequence: 3, durationS: 42 }, 9_000);
    expect(ended).toMatchObject({
      phase: 'ended',
      outcome: 'callerHungUp',
      streamedMs: 6_500,
      carrierEnd: { durationS: 42 },
    });
    expect(statusArrived(ended, { status: 'in-progress', sequence: 2 }, 9_500)).toBe(ended);
    expect(kinds(next(ended, { type: 'streamEnded' }))).toEqual(['hangUp']);
  });

  it('keeps the outcome of the flow when the carrier says completed', () => {
    const over = next(stop(stream(begin()), 'ended'), { type: 'streamEnded' });
    expect(statusArrived(over, { status: 'completed', sequence: 3 }, 9_000).outcome).toBe('done');
  });

  it('waits for the last word of a gateway that streamed', () => {
    const ended = statusArrived(stream(begin()), { status: 'completed', sequence: 3 }, 9_000);
    expect(awaitsLastWord(ended)).toBe(true);
    expect(awaitsLastWord(stop(ended, 'callerHungUp'))).toBe(false);
    expect(awaitsLastWord(statusArrived(begin(), { status: 'completed', sequence: 3 }, 9_000))).toBe(false);
  });

  it('counts a tool once, whoever reports it', () => {
    const tool = { functionCallId: 'f1', name: 'crm', status: 'ok', latencyMs: 30 } as const;
    expect(toolReported(toolReported(begin(), tool), tool).tools).toEqual([tool]);
  });
});

describe('adoption', () => {
  it('withdraws what a late admission began', () => {
    const adopted = adoptedAs(begin(), { reason: 'temporal-unavailable', ageS: 5 }, 9_000);
    expect(adopted).toMatchObject({ phase: 'adopted', outcome: 'adopted', admittedAtMs: 1_000 });
    expect(attached(call, adopted, { epoch: 1, streamId: 'MZ1', gatewayId: 'g1' }, 9_000)[1]).toEqual({
      accepted: false,
      reason: 'not-streaming',
    });
  });

  it('bills from when the call began', () => {
    expect(adoptedAs(initialCoreState(call), { reason: 'temporal-unavailable', ageS: 5 }, 9_000).admittedAtMs).toBe(
      4_000,
    );
  });
});
