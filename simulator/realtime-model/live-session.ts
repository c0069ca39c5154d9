import type { Scenario } from '../scenarios/scenario.ts';
import { checkSetup, isRefusal, type Setup } from './check-setup.ts';
import {
  describeMessage,
  isMessageRefusal,
  readClientMessage,
  readEnvelope,
  refusesTurns,
  type ClientContent,
  type ClientMessage,
} from './client-messages.ts';
import { createConversation, type Conversation, type ConversationOutput } from './conversation.ts';
import { createHearing, type Hearing, type Utterance } from './hearing.ts';
import { createDelays } from './delays.ts';
import type { MindEvent } from './mind.ts';
import type { ModelTrapName, TrapSet } from './model-traps.ts';
import { invalid, reasons, type Refusal } from './refusal.ts';
import type { Memory, ResumptionStore } from './resumption.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createSessionTraps } from './session-traps.ts';
import { addAudio, addRow, heardRow, type SessionRecord } from './session-record.ts';
import { usageOf, withAudio, withText, type Context } from './usage.ts';

/*
 * One connection of a client: setup, then audio, text and function answers in, speech and calls out.
 *
 * Phases: connected (nothing but a setup is taken) -> live -> closed.
 *
 * Invariants:
 * 1. Nothing is sent before `setupComplete` and nothing after the close.
 * 2. What the session understands comes from its ear alone; the script is never asked what ought to be said.
 * 3. A handle is given only between turns; it stands for what the session knew then.
 */

/** The socket as the session uses it. */
export interface Wire {
  send(frame: Buffer): void;
  close(code: number, reason: string): void;
  /** Breaks the connection without a close frame. */
  break(): void;
  /** Leaves the connection open and reads nothing from it any more. */
  hang(): void;
}

export interface LiveSessionOptions {
  readonly record: SessionRecord;
  readonly scenario: Scenario;
  readonly traps: TrapSet;
  readonly resumption: ResumptionStore;
  readonly wire: Wire;
  readonly random: () => number;
  readonly newId: () => string;
  /** Called for whatever the real server would refuse. */
  readonly onViolation: (detail: string) => void;
}

export interface LiveSession {
  readonly record: SessionRecord;
  readonly nextDueMs: number;
  receive(text: string, atMs: number): void;
  tick(atMs: number): void;
  /** The client has closed the socket. */
  ended(code: number, reason: string, atMs: number): void;
  spring(trap: ModelTrapName, atMs: number): void;
}

interface Live {
  readonly setup: Setup;
  readonly hearing: Hearing;
  readonly conversation: Conversation;
}

const interruptedAfterMs = 60;

export function createLiveSession(options: LiveSessionOptions): LiveSession {
  const { record, traps, wire, resumption } = options;
  let now = record.openedAtMs;
  let live: Live | undefined;
  let silent = false;
  let context: Context = { text: 0, audio: 0 };
  let startedAtMs = now;
  let hasSpoken = false;
  let asks: 'start' | 'seeded' | 'resumed' | undefined = 'start';
  const delays = createDelays();

  const sprung = (trap: string): void => addRow(record.sprung, { atMs: now, trap });
  const outgoing = createOutgoing({ record, send: (frame) => wire.send(frame), nowMs: () => now });
  const send: Outgoing['send'] = (message, kind, text) => outgoing.send(message, kind, text);

  const finish = (code: number, reason: string, by: 'server' | 'client', detail?: string): void => {
    if (record.closed) return;
    record.closed = { atMs: now, code, reason, by, ...(detail === undefined ? {} : { detail }) };
    delays.clear();
    resumption.ended(record.id, now);
  };
  const close = (code: number, reason: string, detail?: string): void => {
    if (record.closed) return;
    finish(code, reason, 'server', detail);
    if (code === 1006) wire.break();
    else wire.close(code, reason);
  };
  const refuse = ({ code, reason, detail }: Refusal): void => {
    options.onViolation(detail);
    close(code, reason, detail);
  };

  const memory = (): Memory => ({
    mind: live?.conversation.mind ?? [],
    context,
    begun: asks === undefined,
    startedAtMs,
  });
  const handleUpdate = (): Record<string, unknown> => {
    const resumable = (live?.conversation.pendingCalls ?? 0) === 0;
    return {
      sessionResumptionUpdate: resumable
        ? { newHandle: resumption.save(record.id, memory()), resumable: true }
        : { newHandle: '', resumable: false },
    };
  };
  const offerHandle = (): void => {
    if (live?.setup.resumption) send(handleUpdate(), 'sessionResumptionUpdate');
  };

  const output: ConversationOutput = {
    generating: () => {
      hasSpoken = true;
      if (live?.setup.resumption) {
        send({ sessionResumptionUpdate: { newHandle: '', resumable: false } }, 'sessionResumptionUpdate');
      }
    },
    audio: (data, durationMs) => {
      context = withAudio(context, durationMs);
      outgoing.audio(data, durationMs);
    },
    words: (text) => {
      if (live?.setup.outputTranscription) outgoing.words(text);
    },
    interrupted: () => outgoing.interrupted(),
    generationComplete: () => outgoing.generationComplete(),
    turnComplete: (spokenMs) => {
      const status = live?.setup.model.interactionStatus
        ? { interactionStatus: (live?.conversation.pendingCalls ?? 0) > 0 ? 'REQUIRES_ACTION' : 'IDLE' }
        : {};
      const end = {
        serverContent: { ...outgoing.takeWords(), turnComplete: true, ...status },
        usageMetadata: usageOf(context, spokenMs),
      };
      if (outgoing.joined && live?.setup.resumption) send({ ...end, ...handleUpdate() }, 'turnComplete');
      else {
        send(end, 'turnComplete');
        offerHandle();
      }
      if (record.heard.length > 0) sessionTraps.betweenTurns();
    },
    toolCall: (calls) => {
      if (takeTrap('close-1008')) {
        close(1008, reasons.notImplemented);
        return;
      }
      for (const call of calls) {
        record.toolCalls.push({ id: call.id ?? '', name: call.name, atMs: now });
      }
      outgoing.flushWords();
      send({ toolCall: { functionCalls: calls } }, 'toolCall', calls.map((call) => call.name).join(', '));
    },
    toolCallCancellation: (ids) => {
      for (const call of record.toolCalls) if (ids.includes(call.id)) call.cancelled = true;
      send({ toolCallCancellation: { ids } }, 'toolCallCancellation', ids.join(', '));
    },
    fault: (fault) => addRow(record.faults, { atMs: now, fault }),
    sprung,
    disturbed: (spokenMs, replies) => replies > 1 && spokenMs >= 800 && sessionTraps.midAnswer(),
  };

  const goAway = (leftMs: number): void => {
    const handle = live?.setup.resumption ? handleUpdate() : {};
    send({ goAway: { timeLeft: `${leftMs / 1000}s` }, ...handle }, 'goAway');
    delays.at(now + leftMs, () => close(1011, reasons.deadline, 'the time of goAway was over'));
  };

  const sessionTraps = createSessionTraps({ traps, sprung, close, goAway, sendRaw: (frame) => wire.send(frame) });
  const takeTrap = (name: ModelTrapName): boolean => sessionTraps.take(name);

  const open = (value: unknown): void => {
    record.setup = value;
    if (takeTrap('never-setup-complete')) {
      silent = true;
      return;
    }
    if (takeTrap('quota-exceeded')) {
      close(1011, reasons.quota);
      return;
    }
    const setup = checkSetup(value, {
      apiVersion: record.apiVersion,
      listedLanguagesOnly: traps.has('unlisted-language-refused'),
    });
    if (isRefusal(setup)) {
      refuse(setup);
      return;
    }
    const remembered = setup.resumption?.handle === undefined ? undefined : restore(setup.resumption.handle);
    if (remembered && 'code' in remembered) {
      refuse(remembered);
      return;
    }
    start(setup, remembered);
  };

  const restore = (handle: string): Memory | Refusal => {
    if (takeTrap('resumption-refused'))
      return { code: 1011, reason: reasons.internal, detail: 'trap resumption-refused' };
    if (takeTrap('resumption-expired')) return invalid('trap resumption-expired');
    return resumption.restore(handle, now);
  };

  const start = (setup: Setup, remembered: Memory | undefined): void => {
    context = remembered?.context ?? withText(context, setup.instruction);
    startedAtMs = remembered?.startedAtMs ?? now;
    record.resumed = remembered !== undefined;
    asks = remembered?.begun ? 'resumed' : 'start';
    hasSpoken = remembered?.begun ?? false;
    if (takeTrap('many-keys-one-message')) outgoing.joinKeys();
    live = {
      setup,
      hearing: createHearing({
        language: undefined,
        automatic: setup.automaticActivity,
        silenceMs: setup.silenceMs,
        sensitive: setup.sensitiveStart,
        onOnset: () => delays.at(now + interruptedAfterMs, () => live?.conversation.interrupt(now)),
        onUtterance: heard,
      }),
      conversation: createConversation({
        script: options.scenario.model,
        mind: remembered?.mind ?? [],
        tools: setup.tools,
        instruction: setup.instruction,
        interruptible: setup.interruptible,
        traps,
        random: options.random,
        newId: options.newId,
        output,
      }),
    };
    resumption.opened(record.id);
    send({ setupComplete: {} }, 'setupComplete');
    offerHandle();
    planEnd(setup);
  };

  // A session without compression lasts 15 minutes over all its connections.
  const planEnd = (setup: Setup): void => {
    const { lifetimeMs, announced } = setup.model.connection(setup.compressed);
    const endsAtMs = setup.compressed ? now + lifetimeMs : Math.min(now + lifetimeMs, startedAtMs + 900_000);
    if (announced) delays.at(Math.max(now, endsAtMs - 50_000), () => goAway(Math.max(0, endsAtMs - now)));
    else delays.at(endsAtMs, () => close(1011, reasons.deadline));
  };

  const heard = (utterance: Utterance): void => {
    const row = heardRow(utterance, now);
    addRow(record.heard, row);
    if (takeTrap('swallowed-turn')) return;
    if (takeTrap('half-open-socket')) {
      silent = true;
      wire.hang();
      return;
    }
    context = withAudio(context, utterance.endMs - utterance.startMs);
    if (row.text !== '' && !takeTrap('missing-transcription')) transcribe(row.text);
    asks = undefined;
    happened(row.understood ? { kind: 'heard', phraseIds: row.phraseIds } : { kind: 'notUnderstood' });
  };

  const transcribe = (text: string): void => {
    if (!live?.setup.inputTranscription) return;
    const delayMs = takeTrap('late-input-transcription') ? 2500 : 300 + options.random() * 400;
    const words = text.split(' ');
    for (let from = 0; from < words.length; from += 3) {
      const part = `${from === 0 ? '' : ' '}${words.slice(from, from + 3).join(' ')}`;
      delays.at(now + delayMs + from * 15, () =>
        send({ serverContent: { inputTranscription: { text: part } } }, 'inputTranscription', part),
      );
    }
  };

  const happened = (event: MindEvent): void => live?.conversation.happened(event, now);

  const wrote = (text: string): void => {
    context = withText(context, text);
    const asksToSpeak = asks;
    asks = undefined;
    happened({ kind: 'text', text, asksToSpeak });
  };

  const act = (message: ClientMessage, { setup, hearing, conversation }: Live): void => {
    if (message.kind === 'audio') {
      const outsideBefore = hearing.outsideMs;
      hearing.push(message.pcm, message.sampleRateHz);
      record.receivedAudioMs = hearing.receivedMs;
      record.outsideActivityMs = hearing.outsideMs;
      addAudio(record.received, now, (message.pcm.length * 1000) / message.sampleRateHz);
      if (hearing.outsideMs > outsideBefore && takeTrap('audio-outside-activity-refused')) {
        refuse(invalid('audio outside an activity'));
      }
      return;
    }
    addRow(record.received, { atMs: now, kind: message.kind, ...describeMessage(message) });
    if (message.kind === 'activityStart' || message.kind === 'activityEnd') {
      if (setup.automaticActivity) refuse(invalid(`${message.kind} although activity is detected automatically`));
      else if (message.kind === 'activityStart') hearing.begin();
      else hearing.end();
    } else if (message.kind === 'audioStreamEnd') {
      if (setup.model.audioStreamEnd) hearing.end();
    } else if (message.kind === 'text') {
      conversation.interrupt(now);
      wrote(message.text);
    } else if (message.kind === 'clientContent') {
      readTurns(message, setup);
    } else if (message.kind === 'toolResponse') {
      for (const answer of message.responses) {
        const call = record.toolCalls.findLast((one) => one.id === (answer.id ?? '') && one.answeredAtMs === undefined);
        if (call) Object.assign(call, { answeredAtMs: now, response: answer.response });
        else output.fault(`an answer to no call: ${answer.name}`);
        context = withText(context, JSON.stringify(answer.response));
        if (takeTrap('lost-tool-result')) return close(1011, reasons.internal);
        conversation.answered(answer, now);
      }
    } else if (message.kind === 'contextUpdate') {
      conversation.replace(message);
      if (message.instruction !== undefined) asks = 'start';
    }
  };

  const readTurns = (message: ClientContent, setup: Setup): void => {
    const refusal = refusesTurns(setup.model, message, hasSpoken);
    if (refusal) {
      refuse(refusal);
      return;
    }
    const last = message.turns.at(-1);
    for (const turn of message.turns) context = withText(context, turn.text);
    if (asks === 'start' && message.turns.some((turn) => turn.role === 'model')) asks = 'seeded';
    if (!message.complete) return;
    live?.conversation.interrupt(now);
    wrote(last?.role === 'user' ? last.text : '');
  };

  return {
    record,
    get nextDueMs() {
      return record.closed || silent ? Infinity : Math.min(delays.nextDueMs, live?.conversation.nextDueMs ?? Infinity);
    },
    receive(text, atMs) {
      now = atMs;
      if (record.closed || silent) return;
      const envelope = readEnvelope(text);
      if ('code' in envelope) {
        refuse(envelope);
        return;
      }
      if (!live) {
        if (envelope.key === 'setup') open(envelope.value);
        else refuse(invalid(`"${envelope.key}" before setup`));
        return;
      }
      const messages = readClientMessage(envelope.key, envelope.value, live.setup.model);
      if (isMessageRefusal(messages)) {
        refuse(messages);
        return;
      }
      for (const message of messages) if (!record.closed) act(message, live);
    },
    tick(atMs) {
      now = atMs;
      if (silent) return;
      delays.run(atMs);
      if (!record.closed) live?.conversation.tick(atMs);
    },
    ended(code, reason, atMs) {
      now = atMs;
      finish(code, reason, 'client');
    },
    spring(trap, atMs) {
      now = atMs;
      sessionTraps.spring(trap);
    },
  };
}
