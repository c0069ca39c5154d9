/** What a call does as soon as the carrier says that a machine has taken it. */
import type { CarrierCall } from '../../activities/carrier-activities.ts';
import type { Detection } from '../../contracts/messages.ts';
import { commandGateway } from '../gateway-command.ts';
import { isMachineDue } from './answer-machine.ts';
import { movingAway } from './call-media.ts';
import type { CoreState } from './call-state.ts';
import { moveAway } from './lost-gateway.ts';

/**
 * Has the carrier ask for the next answer, which is the machine's. After a beep at once, since it records; where none was
 * heard it might be a person after all: the assistant first ends its sentence, which its gateway sees to.
 */
export async function takeOffLine(
  call: CarrierCall,
  { answeredBy, heardBeep }: Detection,
  state: () => CoreState,
  apply: (next: CoreState) => void,
): Promise<void> {
  const { visit, phase, answer } = state();
  if (!answer) return;
  const stream = phase === 'streaming' && !visit?.stopped ? visit?.stream : undefined;
  if (stream && answeredBy === 'machine' && !heardBeep) {
    const command = { commandId: 'machine-answered', type: 'leave', outcome: 'voicemail' } as const;
    const done = await commandGateway(stream.gatewayId, { callId: call.callId, epoch: stream.epoch, command }).catch(
      () => 'gateway-lost' as const,
    );
    if (done === 'done' || !isMachineDue(state())) return;
  }
  const gatewayId = phase === 'streaming' ? (stream ?? visit?.gateway)?.gatewayId : undefined;
  apply(movingAway(state()));
  await moveAway(call, state(), { gatewayId, why: 'a machine answered' });
}
