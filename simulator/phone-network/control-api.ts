import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountSeed } from './accounts.ts';
import type { Call } from './call.ts';
import { callRecord, callSummary, callWav, heardTranscript } from './call-record.ts';
import { hangUpByPerson, placeInboundCall } from './exchange.ts';
import { readBody, sendFile, sendJson } from '../http-body.ts';
import type { Network } from './network.ts';
import { ControlError, isRecord, parseCallee, parseLine, parseSteps, parseSwitches } from './parse-steps.ts';
import { parseAccounts } from './read-config.ts';
import type { RestTraps } from './rest-traps.ts';
import { TRAPS } from '../traps.ts';

interface ControlRequest {
  match: readonly string[];
  body: unknown;
  response: ServerResponse;
}

interface ControlRoute {
  method: string;
  pattern: RegExp;
  handle: (request: ControlRequest) => unknown;
}

export type ControlApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * What a test or the demo steers the network by, under `/_sim/`: people who call and are called, what they said and
 * heard, traps, accounts and names. JSON in, JSON out; 400 says what made no sense, 404 what does not exist.
 */
export function createControlApi(network: Network, traps: RestTraps): ControlApi {
  const routes = controlRoutes(network, traps);
  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://network').pathname;
    const route = routes.find((one) => one.method === request.method && one.pattern.test(path));
    try {
      if (!route) throw new ControlError(404, `nothing at ${request.method} ${path}`);
      const body = parseJson((await readBody(request)) ?? '');
      const match = (route.pattern.exec(path) ?? []).slice(1).map((part) => decodeURIComponent(part));
      const answer = await route.handle({ match, body, response });
      if (!response.headersSent) sendJson(response, 200, answer ?? { ok: true });
    } catch (error) {
      if (error instanceof ControlError) return sendJson(response, error.status, { message: error.message });
      if (error instanceof RangeError) return sendJson(response, 400, { message: error.message });
      throw error;
    }
  };
}

function controlRoutes(network: Network, traps: RestTraps): ControlRoute[] {
  const hasPhrase = (phraseId: string): boolean => network.speech.phrase(phraseId) !== undefined;
  const callOf = ([sid]: readonly string[]): Call => {
    const call = network.calls.get(sid ?? '');
    if (!call) throw new ControlError(404, `no call ${sid}`);
    return call;
  };
  const finalRecord = async (call: Call) => ({
    ...callRecord(network, call),
    heardTranscript: await heardTranscript(network, call),
  });
  return [
    { method: 'POST', pattern: /^\/_sim\/calls$/, handle: ({ body }) => placeCall(network, body, hasPhrase) },
    {
      method: 'GET',
      pattern: /^\/_sim\/calls$/,
      handle: () => ({ calls: [...network.calls.values()].map(callSummary).toReversed() }),
    },
    { method: 'GET', pattern: /^\/_sim\/calls\/(CA\w+)$/, handle: ({ match }) => callRecord(network, callOf(match)) },
    {
      method: 'GET',
      pattern: /^\/_sim\/calls\/(CA\w+)\/wait$/,
      handle: async ({ match }) => {
        const call = callOf(match);
        await call.settled();
        return await finalRecord(call);
      },
    },
    {
      method: 'GET',
      pattern: /^\/_sim\/calls\/(CA\w+)\/heard$/,
      handle: async ({ match }) => ({ heardTranscript: await heardTranscript(network, callOf(match)) }),
    },
    {
      method: 'GET',
      pattern: /^\/_sim\/calls\/(CA\w+)\/audio\.wav$/,
      handle: ({ match, response }) => sendFile(response, 'audio/wav', callWav(callOf(match))),
    },
    {
      method: 'GET',
      pattern: /^\/_sim\/calls\/(CA\w+)\/events$/,
      handle: ({ match, response }) => followCall(callOf(match), response),
    },
    {
      method: 'POST',
      pattern: /^\/_sim\/calls\/(CA\w+)\/hangup$/,
      handle: async ({ match }) => await hangUpByPerson(network, callOf(match)),
    },
    {
      method: 'POST',
      pattern: /^\/_sim\/calls\/(CA\w+)\/events$/,
      handle: ({ match, body }) => injectEvent(callOf(match), body, hasPhrase),
    },
    {
      method: 'PUT',
      pattern: /^\/_sim\/callees\/([^/]+)$/,
      handle: ({ match, body }) => network.callees.set(match[0] ?? '', parseCallee(body, hasPhrase)),
    },
    { method: 'PUT', pattern: /^\/_sim\/accounts$/, handle: ({ body }) => seedAccounts(network, parseAccounts(body)) },
    { method: 'PUT', pattern: /^\/_sim\/hosts$/, handle: ({ body }) => changeHosts(network, body) },
    { method: 'GET', pattern: /^\/_sim\/hosts$/, handle: () => network.names.entries() },
    { method: 'GET', pattern: /^\/_sim\/traps$/, handle: () => ({ traps: TRAPS, armed: traps.armed }) },
    { method: 'PUT', pattern: /^\/_sim\/traps$/, handle: ({ body }) => armTrap(traps, body) },
    { method: 'DELETE', pattern: /^\/_sim\/traps$/, handle: () => traps.disarmAll() },
  ];
}

function placeCall(network: Network, body: unknown, hasPhrase: (phraseId: string) => boolean): { callSid: string } {
  if (!isRecord(body) || typeof body.from !== 'string' || typeof body.to !== 'string') {
    throw new ControlError(400, 'from and to are needed');
  }
  const number = network.accounts.numberOf(body.to);
  if (!number) throw new ControlError(404, `nobody owns the number ${body.to}`);
  const steps = parseSteps(body.steps, hasPhrase);
  const call = placeInboundCall(network, {
    from: body.from,
    number,
    steps,
    switches: parseSwitches(body.switches),
    line: parseLine(body.line),
  });
  return { callSid: call.sid };
}

/** Streams the timeline as JSON lines until the call has ended and all callbacks were delivered. */
async function followCall(call: Call, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const write = (event: unknown): void => void response.write(`${JSON.stringify(event)}\n`);
  for (const event of call.timeline) write(event);
  call.followers.add(write);
  response.on('close', () => call.followers.delete(write));
  await call.settled();
  response.end();
}

function injectEvent(call: Call, body: unknown, hasPhrase: (phraseId: string) => boolean): void {
  if (!isRecord(body)) throw new ControlError(400, 'an event is an object with a type');
  const { type, digits, count, phraseId } = body;
  if (type === 'dtmf' && typeof digits === 'string') {
    for (const digit of digits) call.pressDigit(digit);
    return;
  }
  if (type === 'say' && typeof phraseId === 'string' && hasPhrase(phraseId)) return call.caller?.interject(phraseId);
  const stream = call.streamControls;
  if (!stream) throw new ControlError(409, 'the call has no open media stream');
  if (type === 'drop-frames' && typeof count === 'number') return stream.dropFrames(count);
  if (type === 'kill-stream-socket') return stream.killSocket();
  if (type === 'second-media-socket') return stream.openSecondSocket();
  throw new ControlError(400, `unknown event ${JSON.stringify(body)}`);
}

function seedAccounts(network: Network, seeds: readonly AccountSeed[]): void {
  for (const seed of seeds) network.accounts.seed(seed);
}

function changeHosts(network: Network, body: unknown): void {
  if (!isRecord(body)) throw new ControlError(400, 'names and addresses are needed');
  for (const [name, address] of Object.entries(body)) {
    if (address === null) network.names.remove(name);
    else if (typeof address === 'string') network.names.set(name, address);
    else throw new ControlError(400, `the address of ${name} is no text`);
  }
}

function armTrap(traps: RestTraps, body: unknown): void {
  if (!isRecord(body) || typeof body.name !== 'string') throw new ControlError(400, 'a name is needed');
  const times = typeof body.times === 'number' ? body.times : 1;
  const match = typeof body.match === 'string' ? body.match : '';
  traps.arm({ name: body.name, times, match, to: typeof body.to === 'string' ? body.to : undefined });
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'body is not JSON');
  }
}
