import type { AssistantVersion } from './assistant.ts';

/** Asks a gateway to open the model session before the stream connects. */
export interface WarmInput {
  tenantId: string;
  callId: string;
  epoch: number;
  nodeId: string;
  assistant: AssistantVersion;
}

/** A command to the gateway that holds a call; a `commandId` that the call has had does nothing. */
export type GatewayCommand = { commandId: string } & (
  | { type: 'play'; /** Text that the assistant's model or voice shall say. */ text: string }
  | { type: 'dtmf'; digits: string }
  | { type: 'leave'; outcome: string }
);

/** Activities on the queue `gw.<gatewayId>`; implemented in `media-gateway/gateway-activities.ts`. */
export interface GatewayActivities {
  /** Opens and keeps a model session for the stream that is about to connect, for at most 15 s. Never fails the call. */
  warm(input: WarmInput): Promise<void>;
  /** Fails with `StaleEpoch` (not retryable) where this gateway does not hold the call in this epoch. */
  command(input: { callId: string; epoch: number; command: GatewayCommand }): Promise<void>;
  /** Whether this gateway holds the call in this epoch. Whatever it answers, it lives. */
  holds(input: { callId: string; epoch: number }): Promise<boolean>;
  /** Beats for as long as the gateway lives; returns when it has let go of its calls in order. */
  holdLease(): Promise<void>;
}
