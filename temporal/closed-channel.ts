import { type Interceptor, InterceptingCall, Metadata, status } from '@grpc/grpc-js';

/**
 * Ends a request quietly that is tried again after its connection was closed. The SDK's retry runs in a timer, where the
 * channel's complaint would be an exception that nobody can catch.
 */
export const endWhenClosed: Interceptor = (options, nextCall) => {
  try {
    return new InterceptingCall(nextCall(options));
  } catch {
    return new InterceptingCall(closedCall());
  }
};

type NextCall = ConstructorParameters<typeof InterceptingCall>[0];

function closedCall(): NextCall {
  return {
    start: (_metadata, listener) =>
      listener?.onReceiveStatus?.({
        code: status.CANCELLED,
        details: 'the connection was closed',
        metadata: new Metadata(),
      }),
    cancelWithStatus: () => undefined,
    getPeer: () => '',
    sendMessageWithContext: () => undefined,
    sendMessage: () => undefined,
    startRead: () => undefined,
    halfClose: () => undefined,
    getAuthContext: () => null,
  };
}
