import { describe, expect, it } from 'vitest';
import type { DialTarget } from '../../contracts/instructions.ts';
import { madeUpCall } from '../../test/made-up-call.ts';
import { initialCoreState } from './call-core.ts';
import type { CoreState } from './call-state.ts';
import { awaitsLeg, legHasEnded, withLeg } from './dialled-leg.ts';

const dialling = (to: DialTarget): CoreState => ({
  ...initialCoreState(madeUpCall('CA1')),
  answer: { number: 3, instructions: [{ type: 'dial', to, timeoutS: 20 }] },
});
const phone = dialling({ phoneNumber: '+420222999888' });
const ended = (status: 'busy' | 'no-answer' | 'completed' | 'failed', number = 3) => ({
  number,
  event: { type: 'dialEnded', status } as const,
});

describe('a party that is dialled for a caller', () => {
  it('has declined where its leg says so, whichever of both is told first', () => {
    expect(awaitsLeg(phone, ended('busy'))).toBe(true);
    const told = legHasEnded(phone, { number: 3, declined: true });
    expect(awaitsLeg(told, ended('busy'))).toBe(false);
    expect(withLeg(told, ended('busy'))).toEqual({ type: 'dialEnded', status: 'declined' });
    expect(withLeg(told, ended('failed'))).toEqual({ type: 'dialEnded', status: 'declined' });
  });

  it('was busy where its leg says nothing of declining, or nothing in time', () => {
    const told = legHasEnded(phone, { number: 3, declined: false });
    for (const state of [told, phone]) expect(withLeg(state, ended('busy'))).toMatchObject({ status: 'busy' });
  });

  it('is not waited for where nothing depends on it', () => {
    expect(awaitsLeg(phone, ended('no-answer'))).toBe(false);
    expect(awaitsLeg(phone, ended('completed'))).toBe(false);
    expect(awaitsLeg(phone, ended('busy', 2))).toBe(false);
    expect(awaitsLeg(dialling({ sipUri: 'sip:desk@pbx.test' }), ended('busy'))).toBe(false);
    expect(awaitsLeg({ ...phone, carrierEnd: { status: 'completed', atMs: 1 } }, ended('busy'))).toBe(false);
  });

  it('is not taken for one that was dialled before or after it', () => {
    const later = legHasEnded(phone, { number: 3, declined: true });
    expect(legHasEnded(later, { number: 2, declined: false })).toBe(later);
    expect(withLeg(later, ended('busy', 4))).toMatchObject({ status: 'busy' });
  });
});
