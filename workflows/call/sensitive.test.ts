import { expect, it } from 'vitest';
import { madeUpCall, relayFlow } from '../../test/made-up-call.ts';
import { admitted, initialCoreState, proceeded, viewOf } from './call-core.ts';
import { attached, sensitiveEntered } from './call-media.ts';
import { describeCall } from './call-words.ts';
import type { CoreState } from './call-state.ts';
import { dueOf } from './recording-wish.ts';

const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
const call = madeUpCall('CA1', relayFlow);
const attach = (state: CoreState) =>
  attached(call, state, { epoch: state.epoch, streamId: `MZ${state.epoch}`, gatewayId: 'g1' }, 2_500);
const streaming = attach(admitted(call, initialCoreState(call), { gateway }, 1_000))[0];
const of = { epoch: 1, visit: 1, name: 'card' } as const;

it('keeps what was typed for tools alone: no view, words, decision or variable shows it', () => {
  const asked = sensitiveEntered(streaming, { ...of, state: 'asked' });
  const given = sensitiveEntered(asked, { ...of, state: 'given', digits: '4711' });
  expect(given.sensitive).toEqual({ card: '4711' });
  expect(given.visit?.asking).toBeUndefined();
  const shown = [viewOf(given), describeCall(given), given.decisions, given.flow, given.answer, attach(given)[1]];
  expect(JSON.stringify(shown)).not.toContain('4711');
});

it('lets the next epoch ask again for what was being typed when the gateway died', () => {
  const asked = sensitiveEntered(streaming, { ...of, state: 'asked' });
  const again = proceeded(call, asked, { number: 1, event: { type: 'streamEnded' }, gateway }, 9_000);
  expect(attach(again)[1]).toMatchObject({ accepted: true, resumed: true, asking: 'card' });
  const failed = sensitiveEntered(asked, { ...of, state: 'failed' });
  const after = proceeded(call, failed, { number: 1, event: { type: 'streamEnded' }, gateway }, 9_000);
  expect(attach(after)[1]).not.toHaveProperty('asking');
});

it('has nothing recorded while the caller types on, until that is over or his stream is', () => {
  const recorded: CoreState = { ...streaming, recording: 'on' };
  const given = { ...of, state: 'given', digits: '4711' } as const;
  const typing = sensitiveEntered(recorded, { ...given, typesOn: true });
  expect([typing.sensitive, dueOf(typing)]).toEqual([{ card: '4711' }, 'paused']);
  expect(dueOf(sensitiveEntered(recorded, { ...of, state: 'typing' }))).toBe('paused');
  expect(dueOf(sensitiveEntered(recorded, given))).toBe('on');
  expect(dueOf(sensitiveEntered(typing, { ...of, state: 'over' }))).toBe('on');
  expect(dueOf(proceeded(call, typing, { number: 1, event: { type: 'streamEnded' }, gateway }, 9_000))).toBe('on');
});

it('believes nothing of an epoch or a visit that is over', () => {
  const given = { ...of, state: 'given', digits: '4711' } as const;
  expect(sensitiveEntered(streaming, { ...given, epoch: 0 })).toBe(streaming);
  expect(sensitiveEntered(streaming, { ...given, visit: 2 })).toBe(streaming);
});
