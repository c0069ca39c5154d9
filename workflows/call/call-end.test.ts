import { describe, expect, it } from 'vitest';
import type { CallInput } from '../../contracts/messages.ts';
import { admitted, initialCoreState } from './call-core.ts';
import { adoptedAs, dialled, gaveUp, isDialled, statusArrived, withdrawn } from './call-end.ts';
import { attached } from './call-media.ts';
import { describeCall } from './call-words.ts';
import { begin, call, g1, kinds, next, stop, stream } from '../../test/call-core-fixture.ts';

describe('a call that we placed', () => {
  const dial = { idempotencyKey: 'k1', timeoutS: 30, machineDetection: 'async' } as const;
  const carrier = { ...call.carrier, carrierCallId: '' };
  const outbound: CallInput = { ...call, direction: 'outbound', carrier, dial };
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

describe('the end of a call', () => {
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
