import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import { readBody, sendJson } from '../http-body.ts';
import { bindKey, keyAnswer } from '../realtime-model/control-api.ts';
import { createKeyRing, type KeyBinding } from '../realtime-model/keys.ts';
import { addressOf, createSessionHost, refuseUpgrade } from '../realtime-model/session-host.ts';
import { newSessionRecord } from '../realtime-model/session-record.ts';
import { random } from '../speech/distortions.ts';
import { createOpenAiSession, type OpenAiSession } from './openai-session.ts';
import { isOpenAiTrap, type OpenAiTrapName } from './openai-traps.ts';

export interface OpenAiRealtimeServer {
  readonly url: string;
  readonly sessions: readonly OpenAiSession[];
  readonly violations: readonly string[];
  close(): Promise<void>;
}

export interface OpenAiRealtimeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly log?: (line: string) => void;
  /** Call time per real time; above 1 only in tests. */
  readonly speed?: number;
}

const models = /^gpt-realtime(-1\.5|-2|-2\.1|-2\.1-mini|-mini)?$/;
const violationsKept = 1000;

/** Starts the simulated server of the vendor's realtime interface on loopback. Keys are as those of the other model. */
export async function startOpenAiRealtime(options: OpenAiRealtimeOptions): Promise<OpenAiRealtimeServer> {
  const { port, log = () => {}, speed = 1 } = options;
  const keys = createKeyRing(isOpenAiTrap);
  const violations: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = addressOf(request);
    const [, ownKey] = /^\/_sim\/keys\/([^/]+)$/.exec(pathname) ?? [];
    if (ownKey !== undefined) {
      const body = (await readBody(request)) ?? '';
      const { status, body: shown } = request.method === 'PUT' ? bindKey(ownKey, body, keys) : keyAnswer(ownKey, keys);
      return sendJson(response, status, shown);
    }
    const key = searchParams.get('key');
    const answers: Readonly<Record<string, () => unknown>> = {
      '/healthz': () => ({ ok: true }),
      '/readyz': () => ({ ready: true, checks: {} }),
      '/_sim/violations': () => violations,
      '/_sim/sessions': () =>
        host.sessions.map(({ record }) => record).filter((record) => key === null || record.key === key),
    };
    const found = answers[pathname];
    if (found) sendJson(response, 200, found());
    else sendJson(response, 404, { error: { message: `nothing at ${pathname}` } });
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { pathname, searchParams } = addressOf(request);
    const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const binding = keys.find(key);
    const model = searchParams.get('model') ?? '';
    if (pathname !== '/v1/realtime') return refuseUpgrade(socket, '404 Not Found');
    if (!binding) return refuseUpgrade(socket, '401 Unauthorized');
    if (!models.test(model)) return refuseUpgrade(socket, '400 Bad Request');
    return host.upgrade(request, socket, head, (ws) => host.serve(ws, sessionOn(ws, key, model, binding)));
  };

  const sessionOn = (
    ws: WebSocket,
    key: string,
    model: string,
    { scenario, traps }: KeyBinding<OpenAiTrapName>,
  ): OpenAiSession => {
    const id = `sess_${randomUUID()}`;
    return createOpenAiSession({
      record: newSessionRecord({ id, key, scenario: scenario.name, apiVersion: 'v1', openedAtMs: host.nowMs() }),
      model,
      scenario,
      traps,
      wire: { send: (text) => ws.send(text), close: (code, reason) => ws.close(code, reason) },
      random: random(Number.parseInt(id.slice(5, 13), 16)),
      newId: (kind) => `${kind}_${randomUUID()}`,
      onViolation: (detail) => {
        if (violations.length < violationsKept) violations.push(detail);
        log(`refused: ${detail}`);
      },
    });
  };

  const host = createSessionHost<OpenAiSession>({
    speed,
    answer: (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log(`request failed: ${String(error)}`);
        sendJson(response, 500, { error: { message: 'internal' } });
      });
    },
    upgrade,
  });
  const url = await host.listen(port);
  log(`openai realtime on ${url}`);
  return { url, sessions: host.sessions, violations, close: host.close };
}
