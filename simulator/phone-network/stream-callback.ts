import type { Call } from './call.ts';
import type { Network } from './network.ts';
import { notify } from './webhooks.ts';

export type StreamCallback = (event: 'stream-started' | 'stream-stopped' | 'stream-error', error?: string) => void;

export interface StreamCallbackRequest {
  streamSid: string;
  /** What the customer calls the stream; its id where it has no name. */
  name: string | undefined;
  /** Nobody is told without it. */
  url: string | undefined;
  method: 'GET' | 'POST';
}

/** Tells the customer what becomes of one stream, one event after another. */
export function createStreamCallback(
  network: Network,
  call: Call,
  { streamSid, name, url, method }: StreamCallbackRequest,
): StreamCallback {
  let last = Promise.resolve();
  return (event, error) => {
    if (url === undefined) return;
    const fields = {
      AccountSid: call.account.sid,
      CallSid: call.sid,
      StreamSid: streamSid,
      StreamName: name ?? streamSid,
      StreamEvent: event,
      StreamError: error,
      Timestamp: network.now().toISOString(),
    };
    last = last.then(() => notify(network, call, { purpose: event, url, method, fields }));
    call.track(last);
  };
}
