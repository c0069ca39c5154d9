import { rfc2822 } from './call-fields.ts';
import { type ForkedStream, startFork, stopFork } from './forked-streams.ts';
import type { Network } from './network.ts';
import { callOf } from './rest-calls.ts';
import { notFound, RestError } from './rest-error.ts';
import { METHOD, oneOf, type RestForm, type RestParameters, TEXT, URL_PARAMETER } from './rest-form.ts';
import type { RestRequest, RestRoute } from './rest-route.ts';
import { problemOfStreamUrl } from './stream-request.ts';
import type { StreamTrack } from './stream-sender.ts';

const MOST_PARAMETERS = 99;
/** A parameter's name and value together are shorter than this. */
const PARAMETER_LIMIT = 500;
const MOST_TRACKS = 4;

const TRACKS: Readonly<Record<string, readonly StreamTrack[]>> = {
  inbound_track: ['inbound'],
  outbound_track: ['outbound'],
  both_tracks: ['inbound', 'outbound'],
};

const CREATE_PARAMETERS: RestParameters = {
  Url: TEXT,
  Name: TEXT,
  Track: oneOf(...Object.keys(TRACKS)),
  StatusCallback: URL_PARAMETER,
  StatusCallbackMethod: METHOD,
  ...Object.fromEntries(
    Array.from({ length: MOST_PARAMETERS }, (_, index) => index + 1).flatMap((number) => [
      [`Parameter${number}.Name`, TEXT],
      [`Parameter${number}.Value`, TEXT],
    ]),
  ),
};

/** The `Streams` resource of a call: unidirectional streams, whatever TwiML the call executes. */
export function streamRoutes(network: Network): RestRoute[] {
  return [
    {
      method: 'POST',
      pattern: /^\/Calls\/(?<sid>CA[0-9a-f]{32})\/Streams\.json$/,
      parameters: CREATE_PARAMETERS,
      handle: (request) => ({
        status: 200,
        body: streamJson(request, createStream(network, request), 'in-progress', network.now()),
      }),
    },
    {
      method: 'POST',
      pattern: /^\/Calls\/(?<sid>CA[0-9a-f]{32})\/Streams\/(?<stream>[^/]+)\.json$/,
      parameters: { Status: oneOf('stopped') },
      handle: (request) => ({
        status: 200,
        body: streamJson(request, stopStream(network, request), 'stopped', network.now()),
      }),
    },
  ];
}

function createStream(network: Network, request: RestRequest): ForkedStream {
  const call = callOf(network, request);
  const { form } = request;
  const url = form.text('Url');
  if (url === undefined) throw invalid('Missing required parameter Url');
  const problem = problemOfStreamUrl(url);
  if (problem) throw invalid(`Invalid parameter Url: ${problem.message}`);
  const customParameters = customParametersOf(form);
  if (call.status !== 'in-progress') throw new RestError(400, 21_220, 'Call is not in-progress. Cannot stream.');
  const running = [...call.forks.values()];
  const name = form.text('Name');
  if (name !== undefined && running.some((fork) => fork.name === name)) {
    throw invalid(`Invalid parameter Name: the call has a stream ${name}`);
  }
  const tracks = TRACKS[form.text('Track') ?? 'inbound_track'] ?? [];
  if (running.reduce((sum, fork) => sum + fork.tracks.length, tracks.length) > MOST_TRACKS) {
    throw invalid(`A call has at most ${MOST_TRACKS} tracks of unidirectional streams`);
  }
  if (call.springs('fork-refused')) throw new RestError(500, 20_500, 'Internal Server Error');
  return startFork(network, call, {
    url,
    name,
    tracks,
    customParameters,
    statusCallback: form.text('StatusCallback'),
    statusCallbackMethod: form.method('StatusCallbackMethod'),
  });
}

function customParametersOf(form: RestForm): Record<string, string> {
  const given: Record<string, string> = {};
  for (let number = 1; number <= MOST_PARAMETERS; number += 1) {
    const key = `Parameter${number}`;
    if (!form.has(`${key}.Name`) && !form.has(`${key}.Value`)) continue;
    const name = form.text(`${key}.Name`);
    const value = form.text(`${key}.Value`);
    if (name === undefined || value === undefined) throw invalid(`${key} needs a name and a value`);
    if (Object.hasOwn(given, name)) throw invalid(`Invalid parameter ${key}.Name: ${name} is given more than once`);
    if (name.length + value.length >= PARAMETER_LIMIT) {
      throw invalid(`${key} has ${PARAMETER_LIMIT} characters or more`);
    }
    given[name] = value;
  }
  return given;
}

/** By its id or by its name. */
function stopStream(network: Network, request: RestRequest): ForkedStream {
  const call = callOf(network, request);
  const asked = decoded(request.path.stream ?? '');
  const fork = call.forks.get(asked) ?? call.forks.values().find(({ name }) => name === asked);
  if (!fork) throw notFound(request.url.pathname);
  if (!request.form.has('Status')) throw invalid('Missing required parameter Status');
  stopFork(call, fork);
  return fork;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function streamJson(
  { account, path }: RestRequest,
  { sid, name }: ForkedStream,
  status: 'in-progress' | 'stopped',
  updatedAt: Date,
): Record<string, unknown> {
  return {
    sid,
    account_sid: account.sid,
    call_sid: path.sid,
    name: name ?? null,
    status,
    date_updated: rfc2822(updatedAt),
    uri: `/2010-04-01/Accounts/${account.sid}/Calls/${path.sid}/Streams/${sid}.json`,
  };
}

function invalid(message: string): RestError {
  return new RestError(400, 20_001, message);
}
