import { answerOutput } from './answer-output.ts';
import { takeTurn } from './caller-turns.ts';
import { checkSetup, isRefusal, type Setup } from './check-setup.ts';
import { offerHandle, planEnd } from './connection-life.ts';
import { createConversation } from './conversation.ts';
import { createHearing } from './hearing.ts';
import type { LiveConnection } from './live-connection.ts';
import { invalid, reasons, type Refusal } from './refusal.ts';
import type { Memory } from './resumption.ts';
import { withText } from './usage.ts';

const interruptedAfterMs = 60;

/** Takes a `setup`, or refuses it as the model would; what a handle stands for is taken up again. */
export function openSession(connection: LiveConnection, value: unknown): void {
  const { record, sessionTraps, traps } = connection;
  record.setup = value;
  if (sessionTraps.take('never-setup-complete') || sessionTraps.lasts('model-hangs')) {
    connection.silent = true;
    return;
  }
  if (sessionTraps.take('quota-exceeded') || sessionTraps.lasts('model-away'))
    return connection.close(1011, reasons.quota);
  const setup = checkSetup(value, {
    apiVersion: record.apiVersion,
    listedLanguagesOnly: traps.has('unlisted-language-refused'),
  });
  if (isRefusal(setup)) return connection.refuse(setup);
  const remembered = restore(connection, setup);
  if (remembered && 'code' in remembered) return connection.refuse(remembered);
  return start(connection, setup, remembered);
}

function restore({ nowMs, resumption, sessionTraps }: LiveConnection, setup: Setup): Memory | Refusal | undefined {
  const handle = setup.resumption?.handle;
  if (handle === undefined) return undefined;
  if (sessionTraps.take('resumption-refused')) {
    return { code: 1011, reason: reasons.internal, detail: 'trap resumption-refused', byTrap: true };
  }
  if (sessionTraps.take('resumption-expired')) return { ...invalid('trap resumption-expired'), byTrap: true };
  if (setup.instruction.length > setup.model.longestResumed) return invalid('resumption with a long instruction');
  return resumption.restore(handle, nowMs);
}

function start(connection: LiveConnection, setup: Setup, remembered: Memory | undefined): void {
  const { delays, outgoing, record, sessionTraps } = connection;
  connection.context = remembered?.context ?? withText(connection.context, setup.instruction);
  connection.known = remembered?.known ?? '';
  connection.startedAtMs = remembered?.startedAtMs ?? connection.nowMs;
  record.resumed = remembered !== undefined;
  connection.asks = remembered?.begun ? 'resumed' : 'start';
  connection.hasSpoken = remembered?.begun ?? false;
  if (sessionTraps.take('many-keys-one-message')) outgoing.joinKeys();
  const conversation = createConversation({
    script: connection.scenario.model,
    mind: remembered?.mind ?? [],
    tools: setup.tools,
    instruction: setup.instruction,
    known: () => connection.known,
    interruptible: setup.interruptible,
    traps: connection.traps,
    random: connection.random,
    newId: connection.newId,
    output: answerOutput(connection),
  });
  const hearing = createHearing({
    language: undefined,
    line: connection.scenario.line?.noise ? 'noisy' : 'clean',
    automatic: setup.automaticActivity,
    silenceMs: setup.silenceMs,
    sensitive: setup.sensitiveStart,
    endsLate: () => sessionTraps.take('late-turn-end'),
    onOnset: () => delays.at(connection.nowMs + interruptedAfterMs, (atMs) => conversation.interrupt(atMs)),
    onUtterance: (utterance) => takeTurn(connection, utterance),
  });
  connection.live = { setup, hearing, conversation };
  connection.resumption.opened(record.id);
  outgoing.send({ setupComplete: {} }, 'setupComplete');
  offerHandle(connection);
  planEnd(connection, setup);
}
