import { expect, test } from 'vitest';

import { loadScenario, scenarioNames } from '../scenarios/load-scenario.ts';
import { turnCalls } from '../scenarios/turn-calls.ts';
import { loadPhraseBook } from '../speech/phrase-book.ts';
import type { CallerStep, Scenario } from '../scenarios/scenario.ts';
import { listAt, recordAt, stringAt, type JsonRecord } from './json.ts';
import { createSessionHarness, greetMessage, setupMessage, type SessionHarness } from './session-harness.ts';

/**
 * The least that stands between a caller and the model: plays what arrives in real time, drops it when interrupted,
 * answers tools, hands over to a second assistant, and hangs up when told to.
 */
function createLine(scenario: Scenario) {
  const interruptible = scenario.name !== 'barge-in-off';
  const harness = createSessionHarness({ scenario: scenario.name });
  const calls: string[] = [];
  let seen = 0;
  let queuedMs = 0;
  let hungUp = false;
  let leaving = false;

  const answer = (call: unknown): void => {
    const [id, name = ''] = [stringAt(call, 'id'), stringAt(call, 'name')];
    calls.push(name);
    if (name === 'end_call') hungUp = true;
    else if (name === 'leave_node') leaving = true;
    else harness.send({ toolResponse: { functionResponses: [{ id, name, response: { ok: true } }] } });
  };
  const handOver = (): void => {
    leaving = false;
    harness.send({ contextUpdate: { systemInstruction: { parts: [{ text: 'Jsi technická podpora.' }] } } });
    harness.send({ realtimeInput: { text: '(speak)' } });
  };
  const receive = (message: JsonRecord): void => {
    const content = recordAt(message, 'serverContent');
    if (content?.['interrupted'] === true) queuedMs = 0;
    for (const part of listAt(content, 'modelTurn', 'parts')) {
      queuedMs += Buffer.from(stringAt(part, 'inlineData', 'data') ?? '', 'base64').length / 48;
    }
    if (content?.['turnComplete'] === true && leaving) handOver();
    for (const call of listAt(message, 'toolCall', 'functionCalls')) answer(call);
  };
  /** What was sent while `ms` passed on the line; the model is audible where anything is left to play. */
  const pass = (ms: number): boolean => {
    const audible = queuedMs > 0;
    queuedMs = Math.max(0, queuedMs - ms);
    const { messages } = harness;
    for (const message of messages.slice(seen)) receive(message);
    seen = messages.length;
    return audible;
  };

  const declarations = ['order_status', 'end_call', 'leave_node'].map((name) => ({ name }));
  const realtimeInputConfig = {
    ...setupMessage.setup.realtimeInputConfig,
    activityHandling: interruptible ? 'START_OF_ACTIVITY_INTERRUPTS' : 'NO_INTERRUPTION',
  };
  const tools = [{ functionDeclarations: declarations }];
  harness.send({ setup: { ...setupMessage.setup, tools, realtimeInputConfig } });
  harness.send(greetMessage);
  return { harness, calls, pass, ended: (): boolean => hungUp };
}

type Line = ReturnType<typeof createLine>;

function play(step: CallerStep, { harness, pass, ended }: Line): boolean {
  if ('say' in step) {
    harness.say(step.say);
    pass(loadPhraseBook().byId(step.say).durationMs);
    return true;
  }
  if ('hangUp' in step) return true;
  if ('dtmf' in step) {
    harness.send({ realtimeInput: { text: `The caller pressed ${step.dtmf}` } });
    return true;
  }
  let [audibleMs, quietMs, heard] = [0, 0, false];
  for (let waitedMs = 0; waitedMs < 40_000; waitedMs += 20) {
    harness.run(20);
    const audible = pass(20);
    audibleMs = audible ? audibleMs + 20 : 0;
    quietMs = audible ? 0 : quietMs + 20;
    heard ||= audible;
    if ('waitForSpeech' in step && audible && audibleMs >= (step.plusMs ?? 0)) return true;
    if ('waitForQuiet' in step && heard && quietMs >= step.waitForQuiet) return true;
    if ('pauseMs' in step && waitedMs >= step.pauseMs) return true;
    if ('waitForHangUp' in step && ended()) return true;
  }
  return false;
}

const understood = ({ session }: SessionHarness): string[] => session.record.heard.flatMap((row) => [...row.phraseIds]);
// The flow's own prompt comes before the assistant in one, the flow leaves it in another, a second model joins a third, and
// in the last one digits are kept from the model. What is named after it, or after a template, is the flow's to lead.
const needFlow = new Set(['collect-digits', 'escalation', 'hard-question', 'sensitive-digits']);
const needsFlow = (name: string): boolean => needFlow.has(name) || /^(flow|template)-/.test(name);
// Who takes a turn, and when, is the product's to decide: this line leaves it to the model.
const needTurnTaking = new Set([...turnCalls.map(({ name }) => name), 'outbound-hello']);
// Where a machine takes the call, or a person who is taken for one or withdrawn from, the carrier ends the model's part;
// and it alone knows the moment in which somebody speaks between two streams.
const needsCarrier = (name: string): boolean => {
  const { callee, caller, moments = [] } = loadScenario(name);
  return (
    callee?.withdrawAfterMs !== undefined ||
    callee?.detectedAs?.startsWith('machine') === true ||
    callee?.outcome === 'machine' ||
    callee?.outcome === 'fax' ||
    caller.some((step) => 'tone' in step) ||
    moments.some(({ what }) => what === 'caller-speaks')
  );
};
const talks = (name: string): boolean => loadScenario(name).model.rules.length > 0;
const isLong = (name: string): boolean => loadScenario(name).minutes !== undefined;

test.each(
  scenarioNames().filter(
    (name) =>
      !needsFlow(name) &&
      !needTurnTaking.has(name) &&
      !needsCarrier(name) &&
      !/^(trap|openai)-/.test(name) &&
      talks(name) &&
      !isLong(name),
  ),
)('%s can be played to its end', (name) => {
  const scenario = loadScenario(name);
  const line = createLine(scenario);
  const stuck = scenario.caller.filter((step) => !play(step, line));
  expect(stuck).toEqual([]);
  expect(understood(line.harness)).toEqual(expect.arrayContaining([...(scenario.expect?.understood ?? [])]));
  expect(line.calls).toEqual(expect.arrayContaining([...(scenario.expect?.toolCalls ?? [])]));
  expect(line.harness.session.record.faults).toEqual([]);
  const wasInterrupted = line.harness.kinds().includes('interrupted');
  expect(wasInterrupted).toBe(name.startsWith('demo-'));
});
