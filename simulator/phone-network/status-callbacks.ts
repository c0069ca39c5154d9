import type { Call, ProgressEvent } from './call.ts';
import type { Network } from './network.ts';
import { type CallWebhook, notify, progressFields } from './webhooks.ts';

interface CallbackQueue {
  sequence: number;
  last: Promise<void>;
  heldBack: CallWebhook | undefined;
}

const queues = new WeakMap<Call, CallbackQueue>();

/**
 * Tells the customer of a call's progress, where the event was asked for, one after another. The trap
 * `status-callbacks-out-of-order` delivers every second event before the one that came first.
 */
export function announceProgress(network: Network, call: Call, event: ProgressEvent): void {
  const callback = call.statusCallback;
  if (!callback?.events.has(event)) return;
  const queue = queues.get(call) ?? { sequence: 0, last: Promise.resolve(), heldBack: undefined };
  queues.set(call, queue);
  const fields = progressFields(call, queue.sequence, network.now());
  queue.sequence += 1;
  const webhook = { purpose: `status:${event}`, url: callback.url, method: callback.method, fields };

  const send = (one: CallWebhook): void => {
    queue.last = queue.last.then(() => notify(network, call, one));
    call.track(queue.last);
  };
  if (!queue.heldBack && event !== 'completed' && call.springs('status-callbacks-out-of-order')) {
    queue.heldBack = webhook;
    return;
  }
  send(webhook);
  if (queue.heldBack) send(queue.heldBack);
  queue.heldBack = undefined;
}
