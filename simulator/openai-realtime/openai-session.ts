import { createDelays } from '../realtime-model/delays.ts';
import type { HostedSession } from '../realtime-model/session-host.ts';
import { addRow } from '../realtime-model/session-record.ts';
import { takeEvent } from './client-acts.ts';
import { firstSettings, isError, readClientEvent } from './client-events.ts';
import type { OpenAiConnection, OpenAiSessionOptions } from './openai-connection.ts';
import { speak } from './responses.ts';

/*
 * One connection of a client: events in, events out, as the vendor's realtime interface has them.
 *
 * Invariants:
 * 1. A function's output makes nobody speak: only `response.create` does, or the caller where responses are automatic.
 * 2. What the session understands comes from its ear alone. Time comes in from outside.
 */

export type OpenAiSession = HostedSession;

const lifetimeMs = 3_600_000;
const expiry = 'Your session hit the maximum duration of 60 minutes.';

export function createOpenAiSession(options: OpenAiSessionOptions): OpenAiSession {
  const { record, traps, wire, newId } = options;
  const delays = createDelays();

  const send: OpenAiConnection['send'] = (type, fields = {}, text) => {
    if (record.closed) return;
    const shown = { atMs: connection.nowMs, kind: type, ...(text && { text }) };
    if (type !== 'response.output_audio.delta') addRow(record.sent, shown);
    wire.send(JSON.stringify({ type, event_id: newId('event'), ...fields }));
  };
  const sendError: OpenAiConnection['sendError'] = (type, { code, message, param, eventId }) => {
    send('error', { error: { type, code, message, param: param ?? null, event_id: eventId ?? null } }, message);
  };
  const close = (code: number, reason: string): void => {
    if (record.closed) return;
    record.closed = { atMs: connection.nowMs, code, reason, by: 'server' };
    delays.clear();
    wire.close(code, reason);
  };

  const connection: OpenAiConnection = {
    ...options,
    delays,
    audioMsOf: new Map(),
    send,
    sendError,
    refuse(error) {
      options.onViolation(error.message);
      addRow(record.faults, { atMs: connection.nowMs, fault: `refused: ${error.message}` });
      sendError('invalid_request_error', error);
    },
    expire() {
      sendError('invalid_request_error', { code: 'session_expired', message: expiry });
      close(1001, '');
    },
    take(name) {
      if (!traps.take(name)) return false;
      addRow(record.sprung, { atMs: connection.nowMs, trap: name });
      return true;
    },
    nowMs: record.openedAtMs,
    settings: firstSettings,
    hearing: undefined,
    mind: [],
    asks: 'start',
    known: '',
    news: undefined,
    response: undefined,
    hasSpoken: false,
    inputId: newId('item'),
    heldTranscription: undefined,
    answered: 0,
  };

  delays.at(connection.nowMs + lifetimeMs, () => connection.expire());
  const session = { id: record.id, object: 'realtime.session', type: 'realtime', model: options.model };
  delays.at(connection.nowMs, () => send('session.created', { session }));
  return {
    record,
    get nextDueMs() {
      if (record.closed) return Infinity;
      const { response } = connection;
      const step = response && response.startMs + (response.steps[0]?.atMs ?? 0);
      return Math.min(delays.nextDueMs, step ?? Infinity);
    },
    receive(text, atMs) {
      connection.nowMs = atMs;
      if (record.closed) return;
      const event = readClientEvent(text);
      if (isError(event)) connection.refuse(event);
      else takeEvent(connection, event);
    },
    tick(atMs) {
      connection.nowMs = atMs;
      delays.run(atMs);
      if (connection.response && !record.closed) speak(connection, connection.response);
    },
    ended(code, reason, atMs) {
      connection.nowMs = atMs;
      record.closed ??= { atMs, code, reason, by: 'client' };
      delays.clear();
    },
  };
}
