import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { endWhenClosed } from './closed-channel.ts';
import { createDataConverter } from './data-converter.ts';
import type { PlatformKeys } from './payload-codec.ts';
import type { Tracing } from './tracing.ts';

export interface TemporalOptions {
  /** `host:port`. */
  address: string;
  namespace: string;
  /** Temporal Cloud's API key; switches TLS on. */
  apiKey?: string;
  platformKeys: PlatformKeys;
  /** Absent: nothing is traced. */
  tracing?: Tracing | undefined;
}

export interface TemporalClient {
  /**
   * Carries the codec. Without a deadline a call waits as long as the server is away: what a caller waits for is asked
   * through `createCallClient` and `createToolCallClient`, which have theirs.
   */
  client: Client;
  /** Whether the namespace answers within a second. */
  isReady: () => Promise<boolean>;
  close: () => Promise<void>;
}

const readyDeadlineMs = 1_000;

/** A client that connects at its first call, so that a process starts while Temporal is away. */
export function connectTemporal({
  address,
  namespace,
  apiKey,
  platformKeys,
  tracing,
}: TemporalOptions): TemporalClient {
  const connection = Connection.lazy({
    address,
    // A refused channel would wait 1 s and then ever longer before it tries again.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
    // The SDK's own one, and behind it ours.
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endWhenClosed],
    ...(apiKey ? { apiKey, tls: true } : {}),
  });
  const client = new Client({
    connection,
    namespace,
    dataConverter: createDataConverter(platformKeys),
    ...(tracing && { interceptors: tracing.client }),
  });
  const isReady = async (): Promise<boolean> => {
    try {
      await connection.withDeadline(Date.now() + readyDeadlineMs, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } catch {
      return false;
    }
  };
  return { client, isReady, close: () => connection.close() };
}
