/** The carrier as the product sees it. Implementations live in `telephony/`. */
export interface StartCallParams {
  tenantId: string;
  callId: string;
  from: string;
  to: string;
  ringTimeoutS: number;
  /** Repeating it never dials twice. */
  idempotencyKey: string;
  /**
   * Whether the carrier looks who answers: before the flow begins (`sync`), or beside it (`async`). Either way a machine is
   * told of when its greeting has ended, so that whoever is mistaken for one has finished speaking.
   */
  machineDetection: MachineDetection;
}

export const machineDetections = ['off', 'sync', 'async'] as const;
export type MachineDetection = (typeof machineDetections)[number];

export interface CallHandle {
  callId: string;
  carrierCallId: string;
}

/**
 * What may be done to a running call from outside its flow. Play and DTMF on a streaming call go through its gateway.
 * `fork`: what the caller says is heard at a second address as well, beside and after whatever the call does, until that
 * address closes the connection or the call ends. It gets the token with the fork's beginning.
 */
export type VoiceControlEvent =
  | { type: 'redirect'; /** Absolute `https://` URL that answers with the next instructions. */ url: string }
  | { type: 'redirectInline'; /** The carrier's own document, at most 4,000 characters. */ document: string }
  | { type: 'play'; eventId: string; text: string }
  | { type: 'dtmf'; eventId: string; digits: string }
  | { type: 'record'; action: 'start' | 'pause' | 'resume' | 'stop' }
  | { type: 'fork'; /** Absolute `wss://` address. */ url: string; token: string }
  | { type: 'hangUp' };

export interface VoiceProvider {
  /**
   * Dials. Throws `carrier-refused` where the carrier said no, `carrier-unavailable` where it is not known what it did,
   * `dial-unknown` where 30 s of asking did not tell, and `dial-later` where it is not the call's turn.
   */
  startCall(params: StartCallParams): Promise<CallHandle>;
  /** Ends the call; a call that has already ended is no error. */
  endCall(callId: string): Promise<void>;
  sendEvent(callId: string, event: VoiceControlEvent): Promise<void>;
}
