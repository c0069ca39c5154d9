import { describe, expect, it } from 'vitest';
import type { CoreState } from './call-state.ts';
import { proceeded } from './call-core.ts';
import { statusArrived } from './call-end.ts';
import { attached, awaitsLastWord, checkpointed, deathWindowMs, maxDeaths, movingAway } from './call-media.ts';
import { begin, call, g1, g2, kinds, next, stop, stream, waitedInVain } from '../../test/call-core-fixture.ts';

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

describe('what gateways say', () => {
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

  it('waits for the last word of a gateway that streamed', () => {
    const ended = statusArrived(stream(begin()), { status: 'completed', sequence: 3 }, 9_000);
    expect(awaitsLastWord(ended)).toBe(true);
    expect(awaitsLastWord(stop(ended, 'callerHungUp'))).toBe(false);
    expect(awaitsLastWord(statusArrived(begin(), { status: 'completed', sequence: 3 }, 9_000))).toBe(false);
  });
});
