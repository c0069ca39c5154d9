import type { JsonObject } from '../tools.ts';
import { countryOfNumber } from './conditions/phone-prefixes.ts';
import type { EventDetail } from './state.ts';

/** A call as it begins: whom it is with, and what is known before its flow says anything. */
export interface CallBeginning {
  callId: string;
  direction: 'inbound' | 'outbound';
  ourNumber: string;
  /** The caller's, or of a call that we place the one that was called; no E.164 number where it is hidden. */
  theirNumber: string;
  flowVersion: number;
  contact?: JsonObject;
}

/** What the flow knows of the call from its beginning. */
export function startedEvent(call: CallBeginning, atMs: number): Extract<EventDetail, { type: 'started' }> {
  const { callId, direction, ourNumber, theirNumber, flowVersion, contact } = call;
  const country = countryOfNumber(theirNumber);
  return {
    type: 'started',
    call: { id: callId, direction, number: ourNumber, startedAtMs: atMs, flowVersion },
    caller: {
      number: theirNumber,
      anonymous: !theirNumber.startsWith('+'),
      ...(country !== undefined && { country }),
    },
    ...(contact && { contact }),
  };
}
