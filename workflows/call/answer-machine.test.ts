import { describe, expect, it } from 'vitest';
import type { AnsweredBy, CallInput } from '../../contracts/messages.ts';
import type { CoreState } from './call-state.ts';
import { admitted, initialCoreState } from './call-core.ts';
import { statusArrived } from './call-end.ts';
import { movingAway } from './call-media.ts';
import { detected, isMachineDue } from './answer-machine.ts';
import { begin, call, g1, kinds, next, stop, stream } from '../../test/call-core-fixture.ts';
import { demoFlow, madeUpCall, orderFlow } from '../../test/made-up-call.ts';

describe('a call that a machine may have taken', () => {
  const dial = { idempotencyKey: 'k1', timeoutS: 30, machineDetection: 'async' } as const;
  const carrier = { ...call.carrier, carrierCallId: '' };
  const outbound: CallInput = { ...call, direction: 'outbound', carrier, dial };
  const withMessage: CallInput = {
    ...outbound,
    flow: madeUpCall('CA1', { ...demoFlow, voicemailMessage: { cs: 'Volali jsme vám.', en: 'We called.' } }).flow,
  };
  const status = { sequence: 1, carrierCallId: 'CA9' };

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
