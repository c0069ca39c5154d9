import { describe, expect, it } from 'vitest';
import { begin, call, g1, g2, next, stop, stream } from '../../test/call-core-fixture.ts';
import { proceeded } from './call-core.ts';
import { attached, checkpointed } from './call-media.ts';
import type { CoreState } from './call-state.ts';
import { forkIsHeard, handoverPlanned } from './handover.ts';

const g3 = { ...g1, gatewayId: 'g3' };
const planned = (state: CoreState): CoreState => handoverPlanned(state, { epoch: 1, successor: g2 }) ?? state;
const heard = (state: CoreState, fields = {}): CoreState =>
  forkIsHeard(state, { epoch: 2, gatewayId: 'g2', ...fields });
const announced = (state: CoreState): CoreState =>
  checkpointed(state, { epoch: 1, lastSeq: 4, isHandover: true, heardUntilMs: 3_200 });
const streamingOn = (state: CoreState): string | undefined => state.answer?.media?.gateway.gatewayId;
/** The carrier asks, and the API offers the third gateway. */
const goOn = (state: CoreState): CoreState => next(state, { type: 'streamEnded' }, { gateway: g3 });

describe('a call that is handed over', () => {
  it('goes on with whoever hears the caller, and tells him from where on nobody else has', () => {
    const second = goOn(announced(heard(planned(stream(begin())))));
    expect([streamingOn(second), second.epoch]).toEqual(['g2', 2]);
    const [, answer] = attached(call, second, { epoch: 2, streamId: 'MZ2', gatewayId: 'g2' }, 6_000);
    expect(answer).toMatchObject({ accepted: true, unnoticed: true, heardUntilMs: 3_200 });
  });

  it('goes on with him although no gateway is offered, or one that is in doubt', () => {
    const state = announced(heard(planned(stream(begin()))));
    const question = { number: 1, event: { type: 'streamEnded' } } as const;
    expect(streamingOn(proceeded(call, state, question, 5_000))).toBe('g2');
    expect(streamingOn(proceeded(call, state, { ...question, gateway: g1, isSuspect: true }, 5_000))).toBe('g2');
  });

  it.each([
    ['the successor does not hear the caller', announced(planned(stream(begin())))],
    ['another gateway hears him', announced(heard(planned(stream(begin())), { gatewayId: 'g9' }))],
    ['he is heard for another epoch', announced(heard(planned(stream(begin())), { epoch: 3 }))],
    ['nothing was prepared', announced(heard(stream(begin())))],
    ['the gateway died before it announced it', heard(planned(stream(begin())))],
  ])('goes on with whoever is offered where %s', (_, state) => {
    expect(streamingOn(goOn(state))).toBe('g3');
  });

  it('is a death where the successor never takes it, and goes on with whoever is offered', () => {
    const second = goOn(announced(heard(planned(stream(begin())))));
    const third = goOn(second);
    expect([streamingOn(third), third.epoch]).toEqual(['g3', 3]);
    const [, answer] = attached(call, third, { epoch: 3, streamId: 'MZ3', gatewayId: 'g3' }, 7_000);
    expect(answer).toMatchObject({ accepted: true, resumed: true });
    expect(answer).not.toHaveProperty('unnoticed');
    expect(answer).not.toHaveProperty('heardUntilMs');
  });

  it('is prepared by the gateway alone that has its stream', () => {
    const plan = { epoch: 1, successor: g2 };
    expect(handoverPlanned(begin(), plan)).toBeUndefined();
    expect(handoverPlanned(stream(begin()), { ...plan, epoch: 2 })).toBeUndefined();
    expect(handoverPlanned(stop(stream(begin()), 'ended'), plan)).toBeUndefined();
  });
});
