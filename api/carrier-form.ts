import { Type, type Static } from 'typebox';
import type { Awaited } from '../telephony/callback-urls.ts';
import {
  type AdmitInput,
  type AnsweredBy,
  type CarrierEvent,
  type CarrierStatus,
  carrierStatuses,
  type CarrierStatusName,
  type Detection,
} from '../contracts/messages.ts';

/** Short text; a name that the carrier repeats arrives as a list and is refused. What it has no value for it leaves empty. */
const Short = Type.String({ maxLength: 256 });
const WholeNumber = Type.String({ pattern: '^\\d{0,9}$' });
const CallSid = Type.String({ pattern: '^CA[0-9a-fA-F]{32}$' });

/** What we read of the carrier's form; it sends more, and more each year. */
export const CarrierForm = Type.Object({
  CallSid,
  AccountSid: Type.String({ pattern: '^AC[0-9a-fA-F]{32}$' }),
  From: Type.Optional(Short),
  To: Type.Optional(Short),
  Direction: Type.Optional(Short),
  CallStatus: Type.Optional(Short),
  SequenceNumber: Type.Optional(WholeNumber),
  CallDuration: Type.Optional(WholeNumber),
  Digits: Type.Optional(Type.String({ pattern: '^[0-9*#]{0,64}$' })),
  SpeechResult: Type.Optional(Type.String({ maxLength: 2000 })),
  DialCallStatus: Type.Optional(Short),
  DialSipResponseCode: Type.Optional(Short),
  AnsweredBy: Type.Optional(Short),
  SipResponseCode: Type.Optional(Short),
  RecordingSid: Type.Optional(Type.String({ pattern: '^(RE[0-9a-fA-F]{32})?$' })),
  RecordingStatus: Type.Optional(Short),
  RecordingDuration: Type.Optional(WholeNumber),
  StreamSid: Type.Optional(Type.String({ pattern: '^(MZ[0-9a-fA-F]{32})?$' })),
  StreamEvent: Type.Optional(Short),
  StreamError: Type.Optional(Type.String({ maxLength: 2000 })),
  Timestamp: Type.Optional(Short),
  ErrorCode: Type.Optional(WholeNumber),
  ErrorUrl: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type CarrierForm = Static<typeof CarrierForm>;

/** Outbound calls are placed for a number of ours as well: it is the one that routes. */
export function isInbound({ Direction }: CarrierForm): boolean {
  return Direction === undefined || Direction === 'inbound';
}

/** The number of ours in a call; routes it. */
export function ownNumber(form: CarrierForm): string {
  return (isInbound(form) ? form.To : form.From) ?? '';
}

/** How an assistant left, and which of the call's it was, where the gateway had to store it. */
export interface StoredOutcome {
  outcome: string;
  visit?: number;
}

/** What the carrier reports with its question, with what the gateway had to store of it. */
export function carrierEvent(awaited: Awaited, form: CarrierForm, stored?: StoredOutcome): CarrierEvent {
  switch (awaited) {
    case 'done':
      return { type: 'done' };
    case 'digits':
      return form.SpeechResult && !form.Digits
        ? { type: 'speech', text: form.SpeechResult }
        : { type: 'digits', digits: form.Digits ?? '' };
    case 'stream':
      return { type: 'streamEnded', ...stored };
    case 'dial':
      return {
        type: 'dialEnded',
        status: isDeclined(form.DialSipResponseCode) ? 'declined' : dialStatus(form.DialCallStatus),
      };
    case 'voicemail': {
      const recording = form.RecordingSid ? { recordingId: form.RecordingSid } : {};
      return { type: 'voicemailLeft', ...recording, durationS: wholeNumber(form.RecordingDuration) ?? 0 };
    }
  }
}

/** `answered` is the carrier's word for a conference or a queue; an unknown one counts as a failure, so that the plan goes on. */
export function dialStatus(status: string | undefined): 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled' {
  switch (status) {
    case 'completed':
    case 'answered':
      return 'completed';
    case 'busy':
    case 'no-answer':
    case 'canceled':
      return status;
    default:
      return 'failed';
  }
}

const endings: readonly CarrierStatusName[] = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];
/** SIP's words for a party that declined (RFC 3261 21.6.2, RFC 8197, RFC 8688). */
const declineCodes = ['603', '607', '608'];
const isDeclined = (sipCode: string | undefined): boolean => declineCodes.includes(sipCode ?? '');
/** Whether the party that we dialled for a caller declined; its status is called busy. */
export const hasDeclined = ({ SipResponseCode }: CarrierForm): boolean => isDeclined(SipResponseCode);
/** Above every number of a call's progress: a status without a number is sent for the end alone. */
const lastSequence = 1_000_000;

/** A status callback in no carrier's words; undefined where the status is unknown. */
export function carrierStatusOf(form: CarrierForm): CarrierStatus | undefined {
  const status = carrierStatuses.find((name) => name === form.CallStatus);
  if (status === undefined) return undefined;
  const unnumbered = endings.includes(status) ? lastSequence : 0;
  const durationS = wholeNumber(form.CallDuration);
  const sipCode = sipCodeOf(form);
  return {
    status,
    sequence: wholeNumber(form.SequenceNumber) ?? unnumbered,
    ...(durationS === undefined ? {} : { durationS }),
    ...(isInbound(form) ? {} : { carrierCallId: form.CallSid }),
    ...(hasDeclined(form) ? { rejected: true } : {}),
    ...(status === 'failed' && sipCode !== undefined && { sipCode }),
    ...(endings.includes(status) && form.AnsweredBy ? { answeredBy: answeredBy(form.AnsweredBy) } : {}),
  };
}

function sipCodeOf({ SipResponseCode }: CarrierForm): number | undefined {
  return /^[4-6]\d\d$/.test(SipResponseCode ?? '') ? Number(SipResponseCode) : undefined;
}

/** Who took a call of ours, as the carrier tells with its first question; nothing for a call that came in. */
export function takenBy(form: CarrierForm): Pick<AdmitInput, 'carrierCallId' | 'answeredBy'> {
  if (isInbound(form)) return {};
  const { CallSid: carrierCallId, AnsweredBy: who } = form;
  return who ? { carrierCallId, answeredBy: answeredBy(who) } : { carrierCallId };
}

/** What the carrier found out while the call went on. */
export function detectionOf({ AnsweredBy: who }: CarrierForm): Detection | undefined {
  return who ? { answeredBy: answeredBy(who), heardBeep: who === 'machine_end_beep' } : undefined;
}

/** The carrier's word for it in ours; one that we do not know is no reason to hang up on anybody. */
function answeredBy(who: string): AnsweredBy {
  if (who === 'human' || who === 'fax') return who;
  return who.startsWith('machine') ? 'machine' : 'unknown';
}

function wholeNumber(text: string | undefined): number | undefined {
  return text ? Number(text) : undefined;
}
