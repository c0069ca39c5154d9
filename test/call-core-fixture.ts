/** Made-up calls, and what tests of their core do with them. */
import type { CallInput, CarrierEvent, MediaStopped } from '../contracts/messages.ts';
import { madeUpCall, orderFlow } from './made-up-call.ts';
import { maxGatewayWaits } from '../workflows/call/call-answers.ts';
import { admitted, initialCoreState, proceeded } from '../workflows/call/call-core.ts';
import { attached, mediaHasStopped } from '../workflows/call/call-media.ts';
import type { CoreState } from '../workflows/call/call-state.ts';

export const g1 = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
export const g2 = { ...g1, gatewayId: 'g2' };
export const call = madeUpCall('CA1');
export const orders = madeUpCall('CA2', orderFlow);

export const begin = (of: CallInput = call, gateway: typeof g1 | undefined = g1): CoreState =>
  admitted(of, initialCoreState(of), { gateway }, 1_000);
/** The carrier asks what comes next. */
export const next = (
  state: CoreState,
  event: CarrierEvent,
  { of = call, gateway = g1, atMs = 5_000 }: { of?: CallInput; gateway?: typeof g1; atMs?: number } = {},
): CoreState => proceeded(of, state, { number: state.answer?.number ?? 0, event, gateway }, atMs);
/** The gateway says how the assistant left. */
export const stop = (state: CoreState, outcome: string, fields: Partial<MediaStopped> = {}): CoreState =>
  mediaHasStopped(state, { epoch: state.epoch, outcome, lastSeq: 4, ...fields }, 4_000);
export const stream = (state: CoreState, streamId = 'MZ1', of: CallInput = call): CoreState =>
  attached(of, state, { epoch: state.epoch, streamId, gatewayId: 'g1' }, 2_500)[0];
/** The carrier asks again, as often as it is told to wait for a gateway, and none comes. */
export const waitedInVain = (state: CoreState, of: CallInput = call): CoreState => {
  let waiting = state;
  for (let asked = 1; asked <= maxGatewayWaits; asked++) {
    if (kinds(waiting).join() !== 'pause') throw new Error(`the carrier is told to ${kinds(waiting).join()}`);
    waiting = proceeded(of, waiting, { number: waiting.answer?.number ?? 0, event: { type: 'done' } }, 5_000 + asked);
  }
  return waiting;
};
export const kinds = (state: CoreState): string[] => (state.answer?.instructions ?? []).map(({ type }) => type);
