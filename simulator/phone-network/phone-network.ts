import http from 'node:http';
import { sendFile, sendJson } from '../http-body.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { Accounts, type AccountSeed } from './accounts.ts';
import { Callees } from './callees.ts';
import { createControlApi } from './control-api.ts';
import { callsPage } from './calls-page.ts';
import { endCall } from './leg.ts';
import { createNameTable } from './name-table.ts';
import type { Network } from './network.ts';
import { createRestApi } from './rest-api.ts';
import { RestTraps } from './rest-traps.ts';
import { createSpokenAudio, type SpeechSource } from './spoken-audio.ts';
import { createTicker } from './ticker.ts';
import { createWebhookClient } from './webhook-client.ts';

export interface PhoneNetworkDeps {
  /** 0 takes a free port. */
  port: number;
  hosts: Readonly<Record<string, string>>;
  accounts: readonly AccountSeed[];
  speech: SpeechSource;
  recognise: Network['recognise'];
  /** Call time per real time; above 1 only in tests. */
  speed?: number;
  onError: (error: unknown) => void;
}

export interface PhoneNetwork {
  /** Base URL of REST and control API. */
  url: string;
  network: Network;
  close: () => Promise<void>;
}

/** Longer than any client keeps an idle connection, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 75_000;

/** Starts a telephone network on loopback: REST API, control API, and the calls themselves. */
export async function startPhoneNetwork(deps: PhoneNetworkDeps): Promise<PhoneNetwork> {
  const speed = deps.speed ?? 1;
  const nowMs = (): number => performance.now() * speed;
  const names = createNameTable(deps.hosts);
  const accounts = new Accounts(() => new Date());
  for (const seed of deps.accounts) accounts.seed(seed);
  const network: Network = {
    accounts,
    names,
    ticker: createTicker({ nowMs, speed, onError: deps.onError }),
    callees: new Callees(),
    calls: new Map(),
    recordings: new Map(),
    speech: createSpokenAudio(deps.speech),
    recognise: deps.recognise,
    deliver: createWebhookClient(names),
    nowMs,
    now: () => new Date(),
    publicUrl: '',
  };
  const traps = new RestTraps();
  const rest = createRestApi(network, traps);
  const control = createControlApi(network, traps);

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/healthz') return sendJson(response, 200, { ok: true });
    if (path === '/readyz') return sendJson(response, 200, { ready: true, checks: { network: true } });
    if (path === '/' && request.method === 'GET')
      return sendFile(response, 'text/html; charset=utf-8', callsPage(network));
    if (path.startsWith('/_sim/')) return await control(request, response);
    await rest(request, response);
  };
  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      deps.onError(error);
      if (!response.headersSent) sendJson(response, 500, { message: 'the simulator failed' });
      else response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = await listenOnLoopback(server, deps.port);
  network.publicUrl = url;
  return {
    url,
    network,
    close: async () => {
      const live = [...network.calls.values()].filter((call) => !call.hasEnded);
      await Promise.all(live.map((call) => endCall(network, call, 'completed')));
      network.ticker.close();
      await closeServer(server);
    },
  };
}
