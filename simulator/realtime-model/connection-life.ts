import type { Setup } from './check-setup.ts';
import type { LiveConnection } from './live-connection.ts';
import { reasons } from './refusal.ts';

/*
 * How long a connection lives, and what outlives it. A handle is given only between turns; it stands for what the
 * session knew then.
 */

const announcedMs = 50_000;
/** Of a session without compression, over all its connections. */
const longestSessionMs = 900_000;

/** Plans the end of the connection, announced where the model announces it. */
export function planEnd(connection: LiveConnection, setup: Setup): void {
  const { delays, nowMs, startedAtMs } = connection;
  const { lifetimeMs, announced } = setup.model.connection(setup.compressed);
  const endsAtMs = setup.compressed ? nowMs + lifetimeMs : Math.min(nowMs + lifetimeMs, startedAtMs + longestSessionMs);
  if (announced) {
    delays.at(Math.max(nowMs, endsAtMs - announcedMs), (atMs) => goAway(connection, Math.max(0, endsAtMs - atMs)));
  } else delays.at(endsAtMs, () => connection.close(1011, reasons.deadline));
}

/** Announces the end of the connection, and ends it when the time is over. */
export function goAway(connection: LiveConnection, leftMs: number): void {
  const { delays, live, nowMs, outgoing } = connection;
  const handle = live?.setup.resumption ? handleUpdate(connection) : {};
  outgoing.send({ goAway: { timeLeft: `${leftMs / 1000}s` }, ...handle }, 'goAway');
  delays.at(nowMs + leftMs, () => connection.close(1011, reasons.deadline, 'the time of goAway was over'));
}

/** Sends a new handle where the client asked for handles. */
export function offerHandle(connection: LiveConnection): void {
  if (connection.live?.setup.resumption) {
    connection.outgoing.send(handleUpdate(connection), 'sessionResumptionUpdate');
  }
}

/** A new handle for what the session knows now, or the word that there is none while a function runs. */
export function handleUpdate(connection: LiveConnection): Record<string, unknown> {
  const { asks, context, known, live, record, resumption, startedAtMs } = connection;
  if ((live?.conversation.pendingCalls ?? 0) > 0) return noHandle;
  const memory = {
    mind: live?.conversation.mind ?? [],
    context,
    known,
    begun: asks === undefined || asks === 'replaced',
    startedAtMs,
  };
  return { sessionResumptionUpdate: { newHandle: resumption.save(record.id, memory), resumable: true } };
}

export const noHandle = { sessionResumptionUpdate: { newHandle: '', resumable: false } } as const;
