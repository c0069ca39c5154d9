import { modelTraps } from './realtime-model/model-traps.ts';

/** A misbehaviour of the outside world that a scenario can spring by name. */
export interface Trap {
  name: string;
  vendor: 'phone-network' | 'realtime-model';
  /** Where it is sprung: on one call, on the next REST requests, or in one model session. */
  scope: 'call' | 'rest' | 'session';
  /** What the customer's side meets. */
  hears: string;
}

/** Every trap that the simulators know. */
export const TRAPS: readonly Trap[] = [
  {
    name: 'webhook-delivered-twice',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'each TwiML request of the call arrives twice at once, with the same idempotency token',
  },
  {
    name: 'webhook-answer-lost',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'the answer to each TwiML request is lost and the request comes again, with the same idempotency token',
  },
  {
    name: 'status-callbacks-repeated',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'each status, stream and recording callback comes twice',
  },
  {
    name: 'status-callbacks-out-of-order',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'call progress callbacks come in swapped pairs; SequenceNumber tells their true order',
  },
  {
    name: 'second-media-socket',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'a second stream with the same parameters for the same call, 1 s after the first one started',
  },
  {
    name: 'media-frames-dropped',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'half a second of the caller missing every 4 s, timestamps going on',
  },
  {
    name: 'media-jitter',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'media messages held for up to 80 ms and then sent together',
  },
  { name: 'mark-echo-late', vendor: 'phone-network', scope: 'call', hears: 'mark echoes 400 ms after their moment' },
  {
    name: 'media-socket-dies',
    vendor: 'phone-network',
    scope: 'call',
    hears: 'the media socket broken without a close frame (1006), 5 s after each stream started',
  },
  {
    name: 'rest-too-many-requests',
    vendor: 'phone-network',
    scope: 'rest',
    hears: 'status 429 with code 20429; nothing was done',
  },
  {
    name: 'rest-unavailable',
    vendor: 'phone-network',
    scope: 'rest',
    hears: 'status 503 with a body that is no JSON; nothing was done',
  },
  {
    name: 'rest-answer-lost',
    vendor: 'phone-network',
    scope: 'rest',
    hears: 'the connection broken before the answer, although the request was carried out',
  },
  {
    name: 'rest-answer-late',
    vendor: 'phone-network',
    scope: 'rest',
    hears: 'no answer for 35 s, although the request was carried out at once',
  },
  ...modelTraps.map(({ name, hears }): Trap => ({ name, hears, vendor: 'realtime-model', scope: 'session' })),
];
