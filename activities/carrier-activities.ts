import type { DialFailure } from '../contracts/dial-failure.ts';
import { AppError } from '../contracts/errors.ts';
import type { GatewayRef } from '../contracts/instructions.ts';
import type { CarrierRef, CarrierStatusName } from '../contracts/messages.ts';
import type { MachineDetection, VoiceControlEvent, VoiceProvider } from '../contracts/voice-provider.ts';
import type { CallSessionStore } from '../db/call-sessions.ts';
import { DialLater } from '../telephony/dial-pace.ts';
import { dialRefusal } from '../telephony/dial-refusal.ts';
import { asActivityFailure } from './activity-failure.ts';

export interface CarrierCall {
  tenantId: string;
  callId: string;
  carrier: CarrierRef;
}

export interface DialInput {
  tenantId: string;
  callId: string;
  from: string;
  to: string;
  accountId: string;
  ringTimeoutS: number;
  idempotencyKey: string;
  machineDetection: MachineDetection;
}

export interface MoveCallInput extends CarrierCall {
  /** The answer that the carrier is carrying out. */
  number: number;
  /** Whose stream it is, where it carries out one. */
  gatewayId?: string;
}

export interface ForkCallerInput {
  tenantId: string;
  callId: string;
  /** The epoch for which it is kept. */
  epoch: number;
  /** Who is to hear the caller. */
  gateway: GatewayRef;
}

export interface ReportedStatus {
  status: CarrierStatusName;
  durationS?: number;
}

export interface CarrierActivityDeps {
  voice: Pick<VoiceProvider, 'startCall' | 'endCall' | 'sendEvent'>;
  /** Where the carrier asks what comes after that answer. */
  continueUrl: (call: MoveCallInput) => string;
  /** What lets a fork into that gateway, and nowhere else. */
  forkToken: (fork: ForkCallerInput) => string;
  /** What the carrier says of a call now; undefined where it knows no such call. */
  fetchStatus: (call: CarrierCall) => Promise<ReportedStatus | undefined>;
  sessions: Pick<CallSessionStore, 'setCarrierCall'>;
}

/** `later`: others of the account dial first; the call's turn is after that time. */
export type DialResult =
  | { status: 'dialling'; carrierCallId: string }
  | { status: 'failed'; failure?: DialFailure }
  | { status: 'later'; afterMs: number };

export type CarrierActivities = ReturnType<typeof createCarrierActivities>;

/** What a call's workflow asks of the carrier by REST. */
export function createCarrierActivities({ voice, continueUrl, forkToken, fetchStatus, sessions }: CarrierActivityDeps) {
  return {
    /** A refusal is an outcome; only what is not known to have happened is tried again, with the same key. */
    dial: (params: DialInput): Promise<DialResult> =>
      asActivityFailure(async () => {
        const { tenantId, callId } = params;
        try {
          const { carrierCallId } = await voice.startCall(params);
          await sessions.setCarrierCall({ tenantId, callId, carrierCallId });
          return { status: 'dialling', carrierCallId };
        } catch (failure) {
          if (failure instanceof DialLater) return { status: 'later', afterMs: failure.afterMs };
          const refusal = dialRefusal(failure);
          if (refusal) return { status: 'failed', failure: refusal };
          throw failure;
        }
      }),

    /** Also of a call whose id only a callback has told: it rings, and nothing is written of it yet. */
    hangUp: ({ tenantId, callId, carrier: { carrierCallId } }: CarrierCall): Promise<void> =>
      asActivityFailure(async () => {
        if (carrierCallId !== '') await sessions.setCarrierCall({ tenantId, callId, carrierCallId });
        await voice.endCall(callId);
      }),

    sendEvent: ({ callId, event }: { callId: string; event: VoiceControlEvent }): Promise<void> =>
      asActivityFailure(() => voice.sendEvent(callId, event)),

    /** Has the carrier ask for the next answer at once, which ends the stream that it carries out. An ended call needs none. */
    moveCall: (call: MoveCallInput): Promise<void> =>
      asActivityFailure(async () => {
        try {
          await voice.sendEvent(call.callId, { type: 'redirect', url: continueUrl(call) });
        } catch (failure) {
          if (!(failure instanceof AppError && failure.code === 'call-ended')) throw failure;
        }
      }),

    /** The token is made here, so that no history has it. */
    forkCaller: (fork: ForkCallerInput): Promise<void> =>
      asActivityFailure(() =>
        voice.sendEvent(fork.callId, { type: 'fork', url: fork.gateway.mediaUrl, token: forkToken(fork) }),
      ),

    /** A call that the carrier does not know is over. */
    fetchCarrierStatus: (call: CarrierCall): Promise<ReportedStatus> =>
      asActivityFailure(async () => (await fetchStatus(call)) ?? { status: 'completed' }),
  };
}
