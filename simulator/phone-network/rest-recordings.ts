import { rfc2822 } from './call-fields.ts';
import type { Network } from './network.ts';
import { changeRecording, type Recording, startRecording } from './recordings.ts';
import { callOf, recordingCallbackOf } from './rest-calls.ts';
import { notFound, RestError } from './rest-error.ts';
import { BOOLEAN, DATE, METHOD, oneOf, TEXT, URL_PARAMETER } from './rest-form.ts';
import { listAnswer, type RestRequest, type RestRoute } from './rest-route.ts';

const CREATE_PARAMETERS = {
  RecordingStatusCallback: URL_PARAMETER,
  RecordingStatusCallbackMethod: METHOD,
  RecordingStatusCallbackEvent: { kind: 'some-of', values: ['in-progress', 'completed', 'absent'] },
  RecordingChannels: oneOf('mono', 'dual'),
  RecordingTrack: oneOf('inbound', 'outbound', 'both'),
  Trim: oneOf('trim-silence', 'do-not-trim'),
} as const;

/** The `Recordings` resources: of the account, of a call, and their media. */
export function recordingRoutes(network: Network): RestRoute[] {
  const ofCall = '(?<sid>CA[0-9a-f]{32})';
  const recordingSid = '(?<recordingSid>RE[0-9a-f]{32}|Twilio\\.CURRENT)';
  return [
    {
      method: 'GET',
      pattern: /^\/Recordings\.json$/,
      parameters: {
        CallSid: TEXT,
        ConferenceSid: TEXT,
        DateCreated: DATE,
        'DateCreated<': DATE,
        'DateCreated>': DATE,
        IncludeSoftDeleted: BOOLEAN,
      },
      handle: (request) => listAnswer(request, 'recordings', findRecordings(network, request).map(recordingJson)),
    },
    {
      method: 'GET',
      pattern: new RegExp(`^/Calls/${ofCall}/Recordings\\.json$`),
      parameters: {},
      handle: (request) => listAnswer(request, 'recordings', findRecordings(network, request).map(recordingJson)),
    },
    {
      method: 'POST',
      pattern: new RegExp(`^/Calls/${ofCall}/Recordings\\.json$`),
      parameters: CREATE_PARAMETERS,
      lists: ['RecordingStatusCallbackEvent'],
      handle: (request) => ({ status: 201, body: recordingJson(createRecording(network, request)) }),
    },
    {
      method: 'POST',
      pattern: new RegExp(`^/Calls/${ofCall}/Recordings/${recordingSid}\\.json$`),
      parameters: { Status: oneOf('in-progress', 'paused', 'stopped'), PauseBehavior: oneOf('skip', 'silence') },
      handle: (request) => {
        const recording = recordingOf(network, request);
        const status = (['in-progress', 'paused', 'stopped'] as const).find(
          (one) => one === request.form.text('Status'),
        );
        if (!status) throw new RestError(400, 20_001, 'Missing required parameter Status');
        const pauseBehavior = request.form.text('PauseBehavior') === 'skip' ? 'skip' : 'silence';
        changeRecording(network, callOf(network, request), recording, { status, pauseBehavior });
        return { status: 200, body: recordingJson(recording) };
      },
    },
    {
      method: 'GET',
      pattern: new RegExp(`^(?:/Calls/${ofCall})?/Recordings/${recordingSid}\\.json$`),
      parameters: {},
      handle: (request) => ({ status: 200, body: recordingJson(recordingOf(network, request)) }),
    },
    {
      method: 'DELETE',
      pattern: new RegExp(`^/Recordings/${recordingSid}\\.json$`),
      parameters: {},
      handle: (request) => {
        network.recordings.delete(recordingOf(network, request).sid);
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      pattern: new RegExp(`^/Recordings/${recordingSid}(?:\\.wav)?$`),
      parameters: { RequestedChannels: oneOf('1', '2') },
      handle: (request) => {
        const { wav } = recordingOf(network, request);
        if (!wav) throw notFound(request.url.pathname);
        return { status: 200, file: wav, contentType: 'audio/x-wav' };
      },
    },
  ];
}

function createRecording(network: Network, request: RestRequest): Recording {
  const call = callOf(network, request);
  if (call.status !== 'in-progress') throw new RestError(400, 21_220, 'Call is not in-progress. Cannot record.');
  const { form } = request;
  const track = (['inbound', 'outbound', 'both'] as const).find((one) => one === form.text('RecordingTrack')) ?? 'both';
  const channels = form.text('RecordingChannels') === 'dual' ? 2 : 1;
  return startRecording(network, call, {
    source: 'StartCallRecordingAPI',
    track,
    channels,
    callback: recordingCallbackOf(form),
  });
}

function findRecordings(network: Network, { account, form, path }: RestRequest): Recording[] {
  const callSid = path.sid ?? form.text('CallSid');
  return [...network.recordings.values()]
    .filter((recording) => recording.accountSid === account.sid && (callSid ?? recording.callSid) === recording.callSid)
    .toReversed();
}

function recordingOf(network: Network, { account, path, url }: RestRequest): Recording {
  const current = (): Recording | undefined =>
    network.recordings.values().find((one) => one.callSid === path.sid && !one.isOver);
  const sid = path.recordingSid ?? '';
  const recording = sid === 'Twilio.CURRENT' ? current() : network.recordings.get(sid);
  const isOfCall = path.sid === undefined || recording?.callSid === path.sid;
  if (!recording || recording.accountSid !== account.sid || !isOfCall) throw notFound(url.pathname);
  return recording;
}

function recordingJson(recording: Recording): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${recording.accountSid}/Recordings/${recording.sid}`;
  return {
    account_sid: recording.accountSid,
    api_version: '2010-04-01',
    call_sid: recording.callSid,
    channels: recording.channels,
    conference_sid: null,
    date_created: rfc2822(recording.startTime),
    date_updated: rfc2822(recording.updatedAt),
    duration: recording.isOver ? String(Math.round(recording.durationMs / 1000)) : '-1',
    encryption_details: null,
    error_code: null,
    price: null,
    price_unit: 'USD',
    sid: recording.sid,
    source: recording.source,
    start_time: rfc2822(recording.startTime),
    status: recording.status,
    track: recording.track,
    uri: `${uri}.json`,
    media_url: uri,
  };
}
