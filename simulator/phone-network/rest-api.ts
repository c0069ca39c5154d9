import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './accounts.ts';
import { readBody, sendFile, sendJson } from '../http-body.ts';
import type { Network } from './network.ts';
import { accountRoutes, keyAndApplicationRoutes, requireActive } from './rest-accounts.ts';
import { callRoutes } from './rest-calls.ts';
import { notFound, RestError } from './rest-error.ts';
import { RestForm } from './rest-form.ts';
import { messageRoutes } from './rest-messages.ts';
import { numberRoutes } from './rest-numbers.ts';
import { recordingRoutes } from './rest-recordings.ts';
import type { RestAnswer, RestRoute } from './rest-route.ts';
import { streamRoutes } from './rest-streams.ts';
import type { RestTraps } from './rest-traps.ts';

const LATE_ANSWER_MS = 35_000;
const ACCOUNT_PATH = /^\/2010-04-01\/Accounts\/(?<accountSid>AC[0-9a-f]{32})(?<below>\/.+)$/;
const ACCOUNT_ITSELF = /^\/2010-04-01\/Accounts\/(?<accountSid>AC[0-9a-f]{32})\.json$/;

export type RestApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The customer's REST API: basic auth, form parameters, JSON answers and error codes. */
export function createRestApi(network: Network, traps: RestTraps): RestApi {
  const ofAccounts = accountRoutes(network);
  const belowAccount = [
    ...callRoutes(network),
    ...numberRoutes(network),
    ...recordingRoutes(network),
    ...streamRoutes(network),
    ...messageRoutes(network),
    ...keyAndApplicationRoutes(network),
  ];

  const answer = (request: IncomingMessage, body: string, url: URL): RestAnswer => {
    const user = authenticate(network, request.headers.authorization);
    const account = accountOfPath(network, user, url.pathname);
    const below = ACCOUNT_PATH.exec(url.pathname)?.groups?.below;
    const [routes, path] = below === undefined ? [ofAccounts, url.pathname] : [belowAccount, below];
    const route = findRoute(routes, request.method, path);
    if (!route) throw notFound(url.pathname);
    if (request.method !== 'GET' && below !== undefined) requireActive(account);
    const params = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const form = new RestForm(params, route.parameters, route.lists);
    return route.handle({ account, path: route.pattern.exec(path)?.groups ?? {}, form, url });
  };

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://network');
    const body = await readBody(request);
    if (body === undefined) return sendJson(response, 413, new RestError(413, 20_001, 'Body is too large').toBody());
    const { method = '' } = request;
    const about = method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const trap = traps.spring(method, url.pathname, about.get('To'));
    if (trap === 'rest-too-many-requests') {
      return sendJson(response, 429, new RestError(429, 20_429, 'Too Many Requests').toBody());
    }
    if (trap === 'rest-unavailable') return void response.writeHead(503).end('upstream unavailable');
    const reply = answerOrError(() => answer(request, body, url));
    if (trap === 'rest-answer-lost') return void request.socket.destroy();
    if (trap === 'rest-answer-late') await new Promise((resolve) => setTimeout(resolve, LATE_ANSWER_MS).unref());
    send(response, reply);
  };
}

function answerOrError(answer: () => RestAnswer): RestAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RestError) return { status: error.status, body: error.toBody() };
    throw error;
  }
}

function send(response: ServerResponse, answer: RestAnswer): void {
  if ('file' in answer) return sendFile(response, answer.contentType, answer.file);
  if ('body' in answer) return sendJson(response, answer.status, answer.body);
  response.writeHead(answer.status).end();
}

function authenticate(network: Network, header: string | undefined): Account {
  const encoded = /^Basic (.+)$/.exec(header ?? '')?.[1] ?? '';
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const account = network.accounts.authenticate(user, password.join(':'));
  if (!account) throw new RestError(401, 20_003, 'Authenticate');
  return account;
}

/** An account sees itself and its subaccounts. */
function accountOfPath(network: Network, user: Account, path: string): Account {
  const groups = (ACCOUNT_PATH.exec(path) ?? ACCOUNT_ITSELF.exec(path))?.groups;
  if (groups?.accountSid === undefined) return user;
  const account = network.accounts.accounts.get(groups.accountSid);
  if (!account || (account.sid !== user.sid && account.ownerAccountSid !== user.sid)) throw notFound(path);
  return account;
}

function findRoute(routes: readonly RestRoute[], method: string | undefined, path: string): RestRoute | undefined {
  return routes.find((route) => route.method === method && route.pattern.test(path));
}
