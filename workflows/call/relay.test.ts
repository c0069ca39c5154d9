import { describe, expect, it } from 'vitest';
import type { LeaveAnswer, MediaStopped } from '../../contracts/messages.ts';
import { madeUpCall, orderFlow, relayFlow } from '../../test/made-up-call.ts';
import { maxVisitsOnStream } from './call-answers.ts';
import { admitted, initialCoreState, proceeded } from './call-core.ts';
import { statusArrived } from './call-end.ts';
import { assistantHasLeft, attached, awaitsLastWord, mediaHasStopped, movingAway } from './call-media.ts';
import type { CoreState } from './call-state.ts';

const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
const call = madeUpCall('CA1', relayFlow);
const carrier: LeaveAnswer = { next: 'carrier' };

const attach = (state: CoreState, atMs = 2_500, of = call) =>
  attached(of, state, { epoch: state.epoch, streamId: `MZ${state.epoch}`, gatewayId: 'g1' }, atMs);
const streaming = (of = call): CoreState =>
  attach(admitted(of, initialCoreState(of), { gateway }, 1_000), 2_500, of)[0];
const leave = (state: CoreState, outcome: string, { of = call, ...fields }: Leaving = {}) =>
  assistantHasLeft(
    of,
    state,
    { epoch: state.epoch, visit: state.visit?.number ?? 0, outcome, lastSeq: 4, mayGoOn: true, ...fields },
    4_000,
  );
interface Leaving extends Partial<MediaStopped> {
  of?: typeof call;
  mayGoOn?: boolean;
}
const asked = (state: CoreState, outcome?: { outcome: string; visit: number }): CoreState =>
  proceeded(
    call,
    state,
    { number: state.answer?.number ?? 0, event: { type: 'streamEnded', ...outcome }, gateway },
    9_000,
  );

describe('an assistant whose outcome leads to another one', () => {
  it('hands the stream on: same epoch, same answer, another visit', () => {
    const before = streaming();
    const [state, answer] = leave(before, 'order');
    expect(answer).toMatchObject({ next: 'assistant', nodeId: 'clerk', visit: 2, assistant: { assistantId: 'clerk' } });
    expect(state).toMatchObject({ phase: 'streaming', epoch: 1, lastSeq: 4, flow: { nodeId: 'clerk' } });
    expect(state.answer).toBe(before.answer);
    expect(state.visit).toMatchObject({ number: 2, stream: before.visit?.stream, spoken: false });
    expect(state.decisions.at(-2)).toMatchObject({ nodeId: 'helper', outcome: 'order', wentTo: 'clerk' });
    expect(awaitsLastWord(statusArrived(state, { status: 'completed', sequence: 9 }, 5_000))).toBe(true);
  });

  it('ends the stream where the gateway cannot go on, or the carrier has to do something first', () => {
    const [kept, answer] = leave(streaming(), 'order', { mayGoOn: false });
    expect(answer).toEqual(carrier);
    expect(asked(kept)).toMatchObject({ epoch: 2, flow: { nodeId: 'clerk' } });
    const orders = madeUpCall('CA2', orderFlow);
    const [other, theirs] = leave(streaming(orders), 'order', { of: orders });
    expect(theirs).toEqual(carrier);
    expect(other.visit?.stopped).toMatchObject({ outcome: 'order' });
    expect(leave(streaming(), 'ended')[1]).toEqual(carrier);
    expect(leave(movingAway(streaming()), 'order')[1]).toEqual(carrier);
  });

  it('is heard once: what comes again, or of an older visit or epoch, moves nothing', () => {
    const [state] = leave(streaming(), 'order');
    expect(leave(state, 'order', { visit: 1 })).toEqual([state, carrier]);
    expect(leave(state, 'order', { epoch: 0 })).toEqual([state, carrier]);
    expect(mediaHasStopped(state, { epoch: 1, visit: 1, outcome: 'order', lastSeq: 4 }, 5_000)).toBe(state);
  });

  it('may be followed by so many on one stream, then the carrier asks', () => {
    let state = streaming();
    for (let visit = 1; visit < maxVisitsOnStream; visit++) {
      const [next, answer] = leave(state, 'order');
      expect(answer.next).toBe('assistant');
      state = next;
    }
    expect(leave(state, 'order')[1]).toEqual(carrier);
  });
});

describe('a stream that ends while the call believes that the next assistant has it', () => {
  it('is a death of the next one, whose visit goes on in the next epoch', () => {
    const [state] = leave(streaming(), 'order');
    const again = asked(state);
    expect(again).toMatchObject({ epoch: 2, visit: { number: 2, nodeId: 'clerk' } });
    expect(attach(again, 11_000)[1]).toMatchObject({ accepted: true, resumed: true, visit: 2, visitSinceMs: 3_000 });
  });

  it('is not taken for the next one’s outcome, however the first one’s arrives', () => {
    const [state] = leave(streaming(), 'order');
    expect(asked(state, { outcome: 'order', visit: 1 })).toMatchObject({ epoch: 2, visit: { nodeId: 'clerk' } });
    const [goneOn] = leave(state, 'ended');
    expect(asked(goneOn).outcome).toBe('done');
  });

  it('is believed of the caller, whichever visit the gateway had in mind', () => {
    const [state] = leave(streaming(), 'order');
    const gone = mediaHasStopped(state, { epoch: 1, visit: 1, outcome: 'callerHungUp', lastSeq: 5 }, 5_000);
    expect(gone).toMatchObject({ callerHungUp: true, lastSeq: 5, visit: { stopped: { outcome: 'callerHungUp' } } });
  });

  it('is billed to its end, once', () => {
    const [state] = leave(streaming(), 'order');
    expect(statusArrived(state, { status: 'completed', sequence: 9 }, 8_500).streamedMs).toBe(6_000);
  });
});
