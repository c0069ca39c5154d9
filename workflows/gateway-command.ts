import { ActivityFailure, ApplicationFailure, TimeoutFailure, proxyActivities } from '@temporalio/workflow';
import type { GatewayActivities, GatewayCommand, WarmInput } from '../contracts/gateway.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';

/** Asks a gateway to open the model session before the stream connects. It only saves time: its failure changes nothing. */
export async function warmGateway(gatewayId: string, input: WarmInput): Promise<void> {
  const { warm } = proxyActivities<GatewayActivities>({
    taskQueue: gatewayTaskQueue(gatewayId),
    scheduleToCloseTimeout: '3s',
    retry: { maximumAttempts: 1 },
    summary: `epoch ${input.epoch}`,
  });
  await warm(input).catch(() => undefined);
}

/** Sends one command to the gateway that holds the call. What the carrier does by REST does not come this way. */
export async function commandGateway(
  gatewayId: string,
  input: { callId: string; epoch: number; command: GatewayCommand },
): Promise<'done' | 'gateway-lost'> {
  const activities = proxyActivities<GatewayActivities>({
    taskQueue: gatewayTaskQueue(gatewayId),
    scheduleToStartTimeout: '2s',
    startToCloseTimeout: '2s',
    retry: { maximumAttempts: 1 },
    cancellationType: 'TRY_CANCEL',
    summary: input.command.type,
  });
  try {
    await activities.command(input);
    return 'done';
  } catch (failure) {
    if (isGatewayLost(failure)) return 'gateway-lost';
    throw failure;
  }
}

/**
 * Whether a gateway that is said to be lost answers. Schedule-to-close, since a stopped process's open polls still take
 * tasks; any answer is a sign of life.
 */
export async function gatewayAnswers(gatewayId: string, question: { callId: string; epoch: number }): Promise<boolean> {
  const { holds } = proxyActivities<GatewayActivities>({
    taskQueue: gatewayTaskQueue(gatewayId),
    scheduleToCloseTimeout: '1s',
    retry: { maximumAttempts: 1 },
    summary: `epoch ${question.epoch}`,
  });
  try {
    await holds(question);
    return true;
  } catch (failure) {
    return !(failure instanceof ActivityFailure && failure.cause instanceof TimeoutFailure);
  }
}

function isGatewayLost(failure: unknown): boolean {
  if (!(failure instanceof ActivityFailure)) return false;
  const { cause } = failure;
  if (cause instanceof TimeoutFailure) return true; // also a stopped process: the command's id makes a repeat harmless
  return cause instanceof ApplicationFailure && cause.type === 'StaleEpoch';
}
