import { isMessageRefusal, readClientMessage, readEnvelope } from './client-messages.ts';
import { takeMessage } from './client-acts.ts';
import { goAway } from './connection-life.ts';
import { createDelays } from './delays.ts';
import type { LiveConnection, LiveSessionOptions } from './live-connection.ts';
import type { ModelTrapName } from './model-traps.ts';
import { openSession } from './open-session.ts';
import { createOutgoing } from './outgoing.ts';
import { invalid, type Refusal } from './refusal.ts';
import type { HostedSession } from './session-host.ts';
import { addRow } from './session-record.ts';
import { createSessionTraps } from './session-traps.ts';

/*
 * One connection of a client: setup, then audio, text and function answers in, speech and calls out.
 *
 * Phases: connected (nothing but a setup is taken) -> live -> closed.
 *
 * Invariants:
 * 1. Nothing is sent before `setupComplete` and nothing after the close.
 * 2. What the session understands comes from its ear alone; the script is never asked what ought to be said.
 */

export interface LiveSession extends HostedSession {
  spring(trap: ModelTrapName, atMs: number): void;
}

export function createLiveSession(options: LiveSessionOptions): LiveSession {
  const { record, resumption, wire } = options;
  const delays = createDelays();

  const finish = (code: number, reason: string, by: 'server' | 'client', detail?: string): void => {
    if (record.closed) return;
    record.closed = { atMs: connection.nowMs, code, reason, by, ...(detail === undefined ? {} : { detail }) };
    delays.clear();
    resumption.ended(record.id, connection.nowMs);
  };
  const close = (code: number, reason: string, detail?: string): void => {
    if (record.closed) return;
    finish(code, reason, 'server', detail);
    if (code === 1006) wire.break();
    else wire.close(code, reason);
  };
  const refuse = ({ code, reason, detail, byTrap }: Refusal): void => {
    if (!byTrap) {
      options.onViolation(detail);
      addRow(record.faults, { atMs: connection.nowMs, fault: `refused: ${detail}` });
    }
    close(code, reason, detail);
  };

  const connection: LiveConnection = {
    ...options,
    delays,
    outgoing: createOutgoing({ record, send: (frame) => wire.send(frame), nowMs: () => connection.nowMs }),
    sessionTraps: createSessionTraps({
      traps: options.traps,
      sprung: (trap) => addRow(record.sprung, { atMs: connection.nowMs, trap }),
      close,
      goAway: (leftMs) => goAway(connection, leftMs),
      sendRaw: (frame) => wire.send(frame),
    }),
    close,
    refuse,
    nowMs: record.openedAtMs,
    live: undefined,
    silent: false,
    context: { text: 0, audio: 0 },
    known: '',
    startedAtMs: record.openedAtMs,
    hasSpoken: false,
    asks: 'start',
  };

  const receive = (text: string): void => {
    const envelope = readEnvelope(text);
    if ('code' in envelope) return refuse(envelope);
    const { live } = connection;
    if (!live) {
      if (envelope.key === 'setup') return openSession(connection, envelope.value);
      return refuse(invalid(`"${envelope.key}" before setup`));
    }
    const messages = readClientMessage(envelope.key, envelope.value, live.setup.model);
    if (isMessageRefusal(messages)) return refuse(messages);
    for (const message of messages) if (!record.closed) takeMessage(connection, message, live);
    return undefined;
  };

  return {
    record,
    get nextDueMs() {
      if (record.closed || connection.silent) return Infinity;
      return Math.min(delays.nextDueMs, connection.live?.conversation.nextDueMs ?? Infinity);
    },
    receive(text, atMs) {
      connection.nowMs = atMs;
      if (!record.closed && !connection.silent) receive(text);
    },
    tick(atMs) {
      connection.nowMs = atMs;
      if (connection.silent) return;
      delays.run(atMs);
      if (!record.closed) connection.live?.conversation.tick(atMs);
    },
    ended(code, reason, atMs) {
      connection.nowMs = atMs;
      finish(code, reason, 'client');
    },
    spring(trap, atMs) {
      connection.nowMs = atMs;
      connection.sessionTraps.spring(trap);
    },
  };
}
