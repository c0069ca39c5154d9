import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import { readBody, sendJson } from '../http-body.ts';
import { random } from '../speech/distortions.ts';
import { controlAnswer, type Violation } from './control-api.ts';
import { parseJson } from './json.ts';
import { createKeyRing, type KeyBinding } from './keys.ts';
import { createLiveSession, type LiveSession } from './live-session.ts';
import { isModelTrap } from './model-traps.ts';
import { reasons } from './refusal.ts';
import { generateContent, restError, type RestAnswer } from './rest-answers.ts';
import { createResumptionStore } from './resumption.ts';
import { addressOf, createSessionHost, refuseUpgrade } from './session-host.ts';
import { newSessionRecord } from './session-record.ts';

export interface RealtimeModelServer {
  readonly url: string;
  readonly sessions: readonly LiveSession[];
  close(): Promise<void>;
}

export interface RealtimeModelOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly log?: (line: string) => void;
  /** Call time per real time; above 1 only in tests. */
  readonly speed?: number;
}

const violationsKept = 1000;
const hangsForMs = 60_000;
const livePath = /\.(v1|v1beta|v1alpha)\.GenerativeService\.BidiGenerateContent(?:Constrained)?$/;
const restPath = /^\/v1(?:beta|alpha)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

/** Starts the simulated realtime model on loopback. */
export async function startRealtimeModel(options: RealtimeModelOptions): Promise<RealtimeModelServer> {
  const { port, log = () => {}, speed = 1 } = options;
  const keys = createKeyRing(isModelTrap);
  const resumption = createResumptionStore();
  const violations: Violation[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = addressOf(request);
    if (url.pathname === '/healthz') return sendJson(response, 200, { ok: true });
    if (url.pathname === '/readyz') return sendJson(response, 200, { ready: true, checks: {} });
    const body = (await readBody(request)) ?? '';
    const control = controlAnswer(request.method ?? 'GET', url.pathname, url.searchParams, body, {
      keys,
      sessions: host.sessions,
      violations,
      nowMs: host.nowMs,
    });
    if (control) return reply(response, control);
    const match = restPath.exec(url.pathname);
    if (!match || request.method !== 'POST') return reply(response, restError(404, 'NOT_FOUND', 'Not Found'));
    const header = request.headers['x-goog-api-key'];
    const binding = keys.find(typeof header === 'string' ? header : (url.searchParams.get('key') ?? ''));
    if (!binding) return reply(response, restError(400, 'INVALID_ARGUMENT', reasons.badKey));
    const result = generateContent(match[1] ?? '', parseJson(body), binding.scenario);
    if (match[2] === 'generateContent' || result.status !== 200) return reply(response, result);
    if (url.searchParams.get('alt') !== 'sse') return reply(response, { status: 200, body: [result.body] });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(result.body)}\r\n\r\n`);
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = addressOf(request);
    const version = livePath.exec(url.pathname)?.[1];
    if (version === undefined) return refuseUpgrade(socket, '404 Not Found');
    const key = url.searchParams.get('key') ?? url.searchParams.get('access_token') ?? '';
    const binding = keys.find(key);
    if (binding?.traps.take('handshake-403')) return refuseUpgrade(socket, '403 Forbidden');
    return host.upgrade(request, socket, head, (ws) => {
      if (binding) host.serve(ws, sessionOn(ws, key, binding, version));
      else ws.close(1008, reasons.badKey);
    });
  };

  const sessionOn = (ws: WebSocket, key: string, { scenario, traps }: KeyBinding, apiVersion: string): LiveSession => {
    const id = randomUUID();
    return createLiveSession({
      record: newSessionRecord({ id, key, scenario: scenario.name, apiVersion, openedAtMs: host.nowMs() }),
      scenario,
      traps,
      resumption,
      wire: {
        send: (frame) => ws.send(frame, { binary: true }),
        close: (code, reason) => ws.close(code, reason),
        break: () => ws.terminate(),
        hang: () => {
          ws.pause();
          setTimeout(() => ws.terminate(), hangsForMs).unref();
        },
      },
      random: random(Number.parseInt(id.slice(0, 8), 16)),
      newId: () => `function-call-${randomUUID()}`,
      onViolation: (detail) => {
        if (violations.length < violationsKept) violations.push({ atMs: host.nowMs(), sessionId: id, key, detail });
        log(`refused: ${detail}`);
      },
    });
  };

  const host = createSessionHost<LiveSession>({
    speed,
    answer: (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log(`request failed: ${String(error)}`);
        reply(response, restError(500, 'INTERNAL', reasons.internal));
      });
    },
    upgrade,
  });
  const url = await host.listen(port);
  log(`realtime model on ${url}`);
  return { url, sessions: host.sessions, close: host.close };
}

function reply(response: ServerResponse, { status, body }: RestAnswer): void {
  sendJson(response, status, body);
}
