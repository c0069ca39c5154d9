import { openAiTraps } from './openai-realtime/openai-traps.ts';
import { modelTraps } from './realtime-model/model-traps.ts';

/** A misbehaviour of the outside world that a scenario can spring by name. */
export interface Trap {
  name: string;
  vendor: 'phone-network' | 'realtime-model' | 'openai-realtime';
  /** Where the vendor's behaviour is described. */
  section: string;
  /** Where it is sprung: on one call, on the next REST requests, or in one model session. */
  scope: 'call' | 'rest' | 'session';
  /** What the customer's side meets. */
  hears: string;
  /** What the person on the telephone is to hear of it. */
  caller: string;
}

/** Every trap that the simulators know. */
export const TRAPS: readonly Trap[] = [
  {
    name: 'webhook-delivered-twice',
    vendor: 'phone-network',
    section: 'F',
    scope: 'call',
    hears: 'each TwiML request of the call arrives twice at once, with the same idempotency token',
    caller: 'nothing of it',
  },
  {
    name: 'webhook-answer-lost',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'the answer to each TwiML request is lost and the request comes again, with the same idempotency token',
    caller: 'nothing of it: the repeated question gets the same answer',
  },
  {
    name: 'status-callbacks-repeated',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'each status, stream and recording callback comes twice',
    caller: 'nothing of it',
  },
  {
    name: 'status-callbacks-out-of-order',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'call progress callbacks come in swapped pairs; SequenceNumber tells their true order',
    caller: 'nothing of it',
  },
  {
    name: 'second-media-socket',
    vendor: 'phone-network',
    section: 'F',
    scope: 'call',
    hears: 'a second stream with the same parameters for the same call, 1 s after the first one started',
    caller: 'nothing of it: the second stream is refused',
  },
  {
    name: 'media-frames-dropped',
    vendor: 'phone-network',
    section: 'F',
    scope: 'call',
    hears: 'half a second of the caller missing every 4 s, timestamps going on',
    caller: 'nothing of it, unless too much of a sentence is missing to be understood',
  },
  {
    name: 'media-jitter',
    vendor: 'phone-network',
    section: 'F',
    scope: 'call',
    hears: 'media messages held for up to 80 ms and then sent together',
    caller: 'nothing of it',
  },
  {
    name: 'mark-echo-late',
    vendor: 'phone-network',
    section: 'F',
    scope: 'call',
    hears: 'mark echoes 400 ms after their moment',
    caller: 'nothing of it',
  },
  {
    name: 'media-socket-dies',
    vendor: 'phone-network',
    section: 'A.3',
    scope: 'call',
    hears: 'the media socket broken without a close frame (1006), 5 s after each stream started',
    caller: 'a sentence cut every five seconds, one apology, and the talk goes on',
  },
  {
    name: 'fork-refused',
    vendor: 'phone-network',
    section: 'A.8',
    scope: 'call',
    hears: 'each request for a unidirectional stream of the call is answered with status 500 and code 20500',
    caller: 'nothing of it, unless he begins to speak in a handover: then he may be asked to say it again',
  },
  {
    name: 'fork-never-connects',
    vendor: 'phone-network',
    section: 'A.3',
    scope: 'call',
    hears:
      'each unidirectional stream of the call is said to be in progress, but no socket comes; 31901 says so after 5 s',
    caller: 'nothing of it, unless he begins to speak in a handover: then he may be asked to say it again',
  },
  {
    name: 'fork-socket-dies',
    vendor: 'phone-network',
    section: 'A.3',
    scope: 'call',
    hears: 'the socket of each unidirectional stream broken without a close frame (1006), 300 ms after it started',
    caller: 'nothing of it, unless he begins to speak in a handover: then he may be asked to say it again',
  },
  {
    name: 'detection-callback-repeated',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'the result of asynchronous machine detection comes twice',
    caller: 'nothing of it: a machine gets one message',
  },
  {
    name: 'detection-callback-lost',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'the result of asynchronous machine detection never comes; only the last status callback carries it',
    caller: 'the assistant, as if a person had answered',
  },
  {
    name: 'detection-callback-late',
    vendor: 'phone-network',
    section: 'A.5',
    scope: 'call',
    hears: 'the result of asynchronous machine detection comes half a second after the call has ended',
    caller: 'the assistant, as if a person had answered',
  },
  {
    name: 'rest-too-many-requests',
    vendor: 'phone-network',
    section: 'A.8',
    scope: 'rest',
    hears: 'status 429 with code 20429; nothing was done',
    caller: 'nothing of it: the request is made again',
  },
  {
    name: 'rest-unavailable',
    vendor: 'phone-network',
    section: 'A.8',
    scope: 'rest',
    hears: 'status 503 with a body that is no JSON; nothing was done',
    caller: 'nothing of it: the request is made again',
  },
  {
    name: 'rest-answer-lost',
    vendor: 'phone-network',
    section: 'A.8',
    scope: 'rest',
    hears: 'the connection broken before the answer, although the request was carried out',
    caller: 'nothing of it, and no second call',
  },
  {
    name: 'rest-answer-late',
    vendor: 'phone-network',
    section: 'A.8',
    scope: 'rest',
    hears: 'no answer for 35 s, although the request was carried out at once',
    caller: 'nothing of it, and no second call',
  },
  ...modelTraps.map((trap): Trap => ({ ...trap, vendor: 'realtime-model', scope: 'session' })),
  ...openAiTraps.map((trap): Trap => ({ ...trap, vendor: 'openai-realtime', scope: 'session' })),
];
