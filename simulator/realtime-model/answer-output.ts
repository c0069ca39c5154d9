import { handleUpdate, noHandle, offerHandle } from './connection-life.ts';
import type { ConversationOutput } from './conversation.ts';
import type { LiveConnection } from './live-connection.ts';
import { reasons } from './refusal.ts';
import { addRow } from './session-record.ts';
import { usageOf, withAudio } from './usage.ts';

/** Puts on the wire and into the record what the conversation says, as far as the client asked for it. */
export function answerOutput(connection: LiveConnection): ConversationOutput {
  const { outgoing, record, sessionTraps } = connection;
  return {
    generating() {
      connection.hasSpoken = true;
      if (connection.live?.setup.resumption) outgoing.send(noHandle, 'sessionResumptionUpdate');
    },
    audio(data, durationMs) {
      connection.context = withAudio(connection.context, durationMs);
      outgoing.audio(data, durationMs);
    },
    words(text) {
      connection.known += text;
      if (connection.live?.setup.outputTranscription) outgoing.words(text);
    },
    interrupted: () => outgoing.interrupted(),
    generationComplete: () => outgoing.generationComplete(),
    turnComplete(spokenMs, reason) {
      const { context, live } = connection;
      const status = live?.setup.model.interactionStatus
        ? { interactionStatus: live.conversation.pendingCalls > 0 ? 'REQUIRES_ACTION' : 'IDLE' }
        : {};
      const end = {
        serverContent: {
          ...outgoing.takeWords(),
          turnComplete: true,
          ...(reason && { turnCompleteReason: reason }),
          ...status,
        },
        usageMetadata: usageOf(context, spokenMs),
      };
      if (outgoing.joined && live?.setup.resumption) {
        outgoing.send({ ...end, ...handleUpdate(connection) }, 'turnComplete');
      } else {
        outgoing.send(end, 'turnComplete');
        offerHandle(connection);
      }
      if (record.heard.length > 0) sessionTraps.betweenTurns();
    },
    toolCall(calls) {
      if (sessionTraps.take('close-1008')) return connection.close(1008, reasons.notImplemented);
      for (const call of calls) {
        record.toolCalls.push({ id: call.id ?? '', name: call.name, atMs: connection.nowMs });
      }
      outgoing.flushWords();
      const names = calls.map((call) => call.name).join(', ');
      return outgoing.send({ toolCall: { functionCalls: calls } }, 'toolCall', names);
    },
    toolCallCancellation(ids) {
      for (const call of record.toolCalls) if (ids.includes(call.id)) call.cancelled = true;
      outgoing.send({ toolCallCancellation: { ids } }, 'toolCallCancellation', ids.join(', '));
    },
    fault: (fault) => addRow(record.faults, { atMs: connection.nowMs, fault }),
    sprung: (trap) => addRow(record.sprung, { atMs: connection.nowMs, trap }),
    disturbed: (spokenMs, replies) => replies > 1 && spokenMs >= 800 && sessionTraps.midAnswer(),
  };
}
