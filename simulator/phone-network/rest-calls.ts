import type { Call, CallStatus, ProgressEvent, StatusCallback } from './call.ts';
import { durationSeconds, rfc2822 } from './call-fields.ts';
import { placeOutboundCall, redirectCall } from './exchange.ts';
import type { DocumentSource } from './fetch-document.ts';
import { endCall } from './leg.ts';
import type { MachineDetection } from './machine-detection.ts';
import type { Network } from './network.ts';
import { refuseToDial } from './refusals.ts';
import { notFound, RestError } from './rest-error.ts';
import { BOOLEAN, DATE, integer, METHOD, oneOf, type RestForm, TEXT, URL_PARAMETER } from './rest-form.ts';
import { listAnswer, type RestRequest, type RestRoute } from './rest-route.ts';

const PHONE = /^\+?[1-9]\d{2,14}$/;
const MOST_TWIML_CHARACTERS = 4000;
const EVENTS: readonly ProgressEvent[] = ['initiated', 'ringing', 'answered', 'completed'];
const STATUSES = ['queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled'];
const SUBRESOURCES = ['notifications', 'recordings', 'payments', 'events', 'siprec', 'streams', 'transcriptions'];

const CREATE_PARAMETERS = {
  To: TEXT,
  From: TEXT,
  Url: URL_PARAMETER,
  Twiml: TEXT,
  ApplicationSid: TEXT,
  Method: METHOD,
  FallbackUrl: URL_PARAMETER,
  FallbackMethod: METHOD,
  StatusCallback: URL_PARAMETER,
  StatusCallbackEvent: oneOf(...EVENTS),
  StatusCallbackMethod: METHOD,
  SendDigits: { kind: 'text', pattern: /^[0-9*#wW]{0,32}$/ },
  Timeout: integer(1, 600),
  TimeLimit: integer(1, 86_400),
  Record: BOOLEAN,
  RecordingChannels: oneOf('mono', 'dual'),
  RecordingTrack: oneOf('inbound', 'outbound', 'both'),
  RecordingStatusCallback: URL_PARAMETER,
  RecordingStatusCallbackMethod: METHOD,
  RecordingStatusCallbackEvent: oneOf('in-progress', 'completed', 'absent'),
  Trim: oneOf('trim-silence', 'do-not-trim'),
  CallerId: TEXT,
  CallReason: TEXT,
  CallToken: TEXT,
  MachineDetection: oneOf('Enable', 'DetectMessageEnd'),
  MachineDetectionTimeout: integer(3, 59),
  MachineDetectionSpeechThreshold: integer(1000, 6000),
  MachineDetectionSpeechEndThreshold: integer(500, 5000),
  MachineDetectionSilenceTimeout: integer(2000, 10_000),
  AsyncAmd: BOOLEAN,
  AsyncAmdStatusCallback: URL_PARAMETER,
  AsyncAmdStatusCallbackMethod: METHOD,
} as const;

const LIST_PARAMETERS = {
  To: TEXT,
  From: TEXT,
  ParentCallSid: TEXT,
  Status: oneOf(...STATUSES),
  ...Object.fromEntries(['StartTime', 'EndTime'].flatMap((name) => ['', '<', '>'].map((op) => [name + op, DATE]))),
};

const UPDATE_PARAMETERS = {
  Url: URL_PARAMETER,
  Method: METHOD,
  Status: oneOf('canceled', 'completed'),
  FallbackUrl: URL_PARAMETER,
  FallbackMethod: METHOD,
  StatusCallback: URL_PARAMETER,
  StatusCallbackMethod: METHOD,
  Twiml: TEXT,
  TimeLimit: integer(1, 86_400),
} as const;

/** The `Calls` resource. */
export function callRoutes(network: Network): RestRoute[] {
  return [
    {
      method: 'POST',
      pattern: /^\/Calls\.json$/,
      parameters: CREATE_PARAMETERS,
      lists: ['StatusCallbackEvent', 'RecordingStatusCallbackEvent'],
      handle: (request) => ({ status: 201, body: callJson(createCall(network, request)) }),
    },
    {
      method: 'GET',
      pattern: /^\/Calls\.json$/,
      parameters: LIST_PARAMETERS,
      handle: (request) => listAnswer(request, 'calls', findCalls(network, request).map(callJson)),
    },
    {
      method: 'GET',
      pattern: /^\/Calls\/(?<sid>CA[0-9a-f]{32})\.json$/,
      parameters: {},
      handle: (request) => ({ status: 200, body: callJson(callOf(network, request)) }),
    },
    {
      method: 'POST',
      pattern: /^\/Calls\/(?<sid>CA[0-9a-f]{32})\.json$/,
      parameters: UPDATE_PARAMETERS,
      handle: (request) => {
        const call = callOf(network, request);
        updateCall(network, call, request.form);
        return { status: 200, body: callJson(call) };
      },
    },
  ];
}

/** The call that a request's path names, if it is the account's. */
export function callOf(network: Network, { path, account, url }: RestRequest): Call {
  const call = network.calls.get(path.sid ?? '');
  if (!call || call.account.sid !== account.sid) throw notFound(url.pathname);
  return call;
}

function createCall(network: Network, { form, account }: RestRequest): Call {
  const to = form.text('To');
  const from = form.text('CallerId') ?? form.text('From');
  if (to === undefined) throw new RestError(400, 21_201, "No 'To' number is specified");
  if (from === undefined || !form.text('From')) throw new RestError(400, 21_213, "'From' phone number is required");
  if (!PHONE.test(to)) throw new RestError(400, 21_211, `The phone number you are attempting to call is not valid`);
  if (!PHONE.test(from)) throw new RestError(400, 21_212, `The source phone number provided is not yet verified`);
  if (network.accounts.numberOf(from)?.accountSid !== account.sid) {
    throw new RestError(400, 21_210, 'The source phone number provided is not owned by your account');
  }
  const refusedWith = network.callees.find(to)?.refusedWith;
  if (refusedWith !== undefined) throw refuseToDial(refusedWith, to);
  const source = documentOf(form);
  if (!source) throw new RestError(400, 21_205, 'Url, Twiml or ApplicationSid is required');
  const callback = form.text('StatusCallback');
  const asked = form.list('StatusCallbackEvent');
  const events = new Set(asked.length > 0 ? EVENTS.filter((event) => asked.includes(event)) : (['completed'] as const));
  return placeOutboundCall(network, {
    account,
    from,
    to,
    source,
    fallback: fallbackOf(form),
    statusCallback:
      callback === undefined ? undefined : { url: callback, method: form.method('StatusCallbackMethod'), events },
    timeoutMs: form.number('Timeout', 60) * 1000,
    timeLimitMs: form.number('TimeLimit', 14_400) * 1000,
    sendDigits: form.text('SendDigits') ?? '',
    recording: form.isTrue('Record') ? recordingOf(form) : undefined,
    machineDetection: form.has('MachineDetection') ? machineDetectionOf(form) : undefined,
  });
}

function documentOf(form: RestForm): DocumentSource | undefined {
  const url = form.text('Url');
  if (url !== undefined) return { kind: 'url', purpose: 'voice', url, method: form.method('Method'), fields: {} };
  const twiml = form.text('Twiml');
  if (twiml === undefined) return undefined;
  if (twiml.length > MOST_TWIML_CHARACTERS) {
    throw new RestError(400, 20_001, `Parameter Twiml has more than ${MOST_TWIML_CHARACTERS} characters`);
  }
  return { kind: 'inline', twiml };
}

function fallbackOf(form: RestForm) {
  const url = form.text('FallbackUrl');
  return url === undefined ? undefined : { url, method: form.method('FallbackMethod') };
}

function machineDetectionOf(form: RestForm): MachineDetection {
  const url = form.text('AsyncAmdStatusCallback');
  return {
    waitsForEnd: form.text('MachineDetection') === 'DetectMessageEnd',
    timeoutMs: form.number('MachineDetectionTimeout', 30) * 1000,
    silenceTimeoutMs: form.number('MachineDetectionSilenceTimeout', 5000),
    isAsync: form.isTrue('AsyncAmd'),
    callback: url === undefined ? undefined : { url, method: form.method('AsyncAmdStatusCallbackMethod') },
  };
}

function recordingOf(form: RestForm) {
  const track = (['inbound', 'outbound', 'both'] as const).find((one) => one === form.text('RecordingTrack')) ?? 'both';
  return {
    channels: form.text('RecordingChannels') === 'dual' ? (2 as const) : (1 as const),
    track,
    callback: recordingCallbackOf(form),
  };
}

/** The recording callback that a request asks for. */
export function recordingCallbackOf(form: RestForm) {
  const url = form.text('RecordingStatusCallback');
  if (url === undefined) return undefined;
  const events = form.list('RecordingStatusCallbackEvent').flatMap((value) => value.split(' '));
  return {
    url,
    method: form.method('RecordingStatusCallbackMethod'),
    events: new Set(events.length > 0 ? events : ['completed']),
  };
}

function updateCall(network: Network, call: Call, form: RestForm): void {
  const status = form.text('Status');
  const source = documentOf(form);
  const ringing = call.status === 'queued' || call.status === 'initiated' || call.status === 'ringing';
  if (status === 'canceled' && ringing) return void endCall(network, call, 'canceled');
  if (status === 'completed' && !call.hasEnded) return void endCall(network, call, ringing ? 'canceled' : 'completed');
  if (status !== undefined || (source && call.status !== 'in-progress')) {
    throw new RestError(400, 21_220, 'Call is not in-progress. Cannot redirect.');
  }
  const callback = form.text('StatusCallback');
  if (callback !== undefined) call.statusCallback = changedCallback(call.statusCallback, callback, form);
  call.fallback = fallbackOf(form) ?? call.fallback;
  call.updatedAt = network.now();
  if (source) redirectCall(network, call, source);
}

function changedCallback(present: StatusCallback | undefined, url: string, form: RestForm): StatusCallback {
  const events = present?.events ?? new Set(['completed'] as const);
  return { url, method: form.method('StatusCallbackMethod'), events };
}

function findCalls(network: Network, { form, account }: RestRequest): Call[] {
  const wanted = (name: string, value: string | undefined): boolean => !form.has(name) || form.text(name) === value;
  const calls = network.calls.values().filter((call) => {
    if (call.account.sid !== account.sid) return false;
    const times =
      inRange(form, 'StartTime', call.answeredAt ?? call.createdAt) && inRange(form, 'EndTime', call.endedAt);
    const parties = wanted('To', call.to) && wanted('From', call.from) && wanted('ParentCallSid', call.parentCallSid);
    return times && parties && wanted('Status', restStatus(call.status));
  });
  return [...calls].toReversed();
}

function inRange(form: RestForm, name: string, date: Date | undefined): boolean {
  const day = form.text(name);
  const before = form.text(`${name}<`);
  const after = form.text(`${name}>`);
  if (day === undefined && before === undefined && after === undefined) return true;
  const iso = date?.toISOString();
  if (iso === undefined) return false;
  if (day !== undefined && !iso.startsWith(day.slice(0, 10))) return false;
  return (before === undefined || iso <= before) && (after === undefined || iso >= after);
}

function restStatus(status: CallStatus): CallStatus {
  return status === 'initiated' ? 'queued' : status;
}

function callJson(call: Call): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${call.account.sid}/Calls/${call.sid}`;
  const dated = (date: Date | undefined): string | null => (date ? rfc2822(date) : null);
  return {
    sid: call.sid,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.updatedAt),
    parent_call_sid: call.parentCallSid ?? null,
    account_sid: call.account.sid,
    to: call.to,
    to_formatted: call.to,
    from: call.from,
    from_formatted: call.from,
    phone_number_sid: call.phoneNumberSid ?? null,
    status: restStatus(call.status),
    start_time: dated(call.answeredAt),
    end_time: dated(call.endedAt),
    duration: call.hasEnded ? String(durationSeconds(call)) : null,
    price: null,
    price_unit: 'USD',
    direction: call.direction,
    answered_by: call.answeredBy ?? null,
    api_version: '2010-04-01',
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: '0',
    trunk_sid: null,
    uri: `${uri}.json`,
    subresource_uris: Object.fromEntries(
      SUBRESOURCES.map((name) => [name, `${uri}/${(name[0] ?? '').toUpperCase()}${name.slice(1)}.json`]),
    ),
  };
}
