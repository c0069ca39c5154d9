import type { Setup } from './check-setup.ts';
import {
  describeMessage,
  refusesTurns,
  type ClientContent,
  type ClientMessage,
  type ToolAnswer,
} from './client-messages.ts';
import type { Live, LiveConnection } from './live-connection.ts';
import { invalid, reasons } from './refusal.ts';
import { addAudio, addRow } from './session-record.ts';
import { withText } from './usage.ts';

/** Does what a message of the client's asks for, after the setup. */
export function takeMessage(connection: LiveConnection, message: ClientMessage, live: Live): void {
  const { nowMs, record, refuse } = connection;
  const { setup, hearing, conversation } = live;
  if (message.kind === 'audio') return hear(connection, message, live);
  addRow(record.received, { atMs: nowMs, kind: message.kind, ...describeMessage(message) });
  if (message.kind === 'activityStart' || message.kind === 'activityEnd') {
    if (setup.automaticActivity) refuse(invalid(`${message.kind} although activity is detected automatically`));
    else if (message.kind === 'activityStart') hearing.begin();
    else hearing.end();
  } else if (message.kind === 'audioStreamEnd') {
    if (setup.model.audioStreamEnd) hearing.end();
  } else if (message.kind === 'text') {
    conversation.interrupt(nowMs);
    takeText(connection, message.text);
  } else if (message.kind === 'clientContent') {
    takeContent(connection, message, setup);
  } else if (message.kind === 'toolResponse') {
    for (const answer of message.responses) if (!record.closed) takeAnswer(connection, answer, live);
  } else if (message.kind === 'contextUpdate') {
    replace(connection, message, live);
  }
}

type ContextUpdate = Extract<ClientMessage, { readonly kind: 'contextUpdate' }>;

function replace(connection: LiveConnection, { instruction, tools }: ContextUpdate, { conversation }: Live): void {
  const names = tools?.map((tool) => tool.name);
  addRow(connection.record.contextUpdates, {
    atMs: connection.nowMs,
    ...(instruction !== undefined && { instruction }),
    ...(names && { tools: names }),
  });
  conversation.replace({ instruction, tools });
  if (instruction === undefined) return;
  connection.context = withText(connection.context, instruction);
  connection.asks = 'replaced';
}

type Audio = Extract<ClientMessage, { readonly kind: 'audio' }>;

function hear({ nowMs, record, refuse, sessionTraps }: LiveConnection, { pcm, sampleRateHz }: Audio, live: Live): void {
  const { hearing } = live;
  const outsideBefore = hearing.outsideMs;
  hearing.push(pcm, sampleRateHz);
  record.receivedAudioMs = hearing.receivedMs;
  record.outsideActivityMs = hearing.outsideMs;
  addAudio(record.received, nowMs, (pcm.length * 1000) / sampleRateHz);
  if (hearing.outsideMs > outsideBefore && sessionTraps.take('audio-outside-activity-refused')) {
    refuse(invalid('audio outside an activity'));
  }
}

function takeAnswer(connection: LiveConnection, answer: ToolAnswer, { conversation }: Live): void {
  const { nowMs, record, sessionTraps } = connection;
  const call = record.toolCalls.findLast((one) => one.id === (answer.id ?? '') && one.answeredAtMs === undefined);
  if (call) Object.assign(call, { answeredAtMs: nowMs, response: answer.response });
  else addRow(record.faults, { atMs: nowMs, fault: `an answer to no call: ${answer.name}` });
  connection.context = withText(connection.context, JSON.stringify(answer.response));
  if (sessionTraps.take('lost-tool-result')) connection.close(1011, reasons.internal);
  else conversation.answered(answer, nowMs);
}

function takeContent(connection: LiveConnection, message: ClientContent, setup: Setup): void {
  const refusal = refusesTurns(setup.model, message, connection.hasSpoken);
  if (refusal) return connection.refuse(refusal);
  const last = message.turns.at(-1);
  for (const turn of message.turns) {
    connection.context = withText(connection.context, turn.text);
    connection.known += ` ${turn.text} `;
  }
  if (connection.asks === 'start' && message.turns.some((turn) => turn.role === 'model')) connection.asks = 'seeded';
  if (!message.complete) return undefined;
  connection.live?.conversation.interrupt(connection.nowMs);
  return takeText(connection, last?.role === 'user' ? last.text : '');
}

function takeText(connection: LiveConnection, text: string): void {
  connection.context = withText(connection.context, text);
  const asksToSpeak = connection.asks;
  connection.asks = undefined;
  connection.live?.conversation.happened({ kind: 'text', text, asksToSpeak }, connection.nowMs);
}
