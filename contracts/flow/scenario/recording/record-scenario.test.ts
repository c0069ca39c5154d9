import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../errors.ts';
import { compileFlow } from '../../compile.ts';
import type { FlowDocument, FlowNode } from '../../document.ts';
import { advance } from '../../engine.ts';
import { eventAt, flows, happenings, references, secretDigits } from '../../testing/random-flow.ts';
import { flowOf, started, startMs } from '../../testing/play.ts';
import { recordedCall } from '../../testing/recorded-call.ts';
import { type Decision, type EventDetail, initialFlowState } from '../../state.ts';
import { readScenario } from '../read-scenario.ts';
import { runScenario } from '../run-scenario.ts';
import { withStandIns } from '../stand-ins.ts';
import { recordScenario } from './record-scenario.ts';

const nodes: Record<string, FlowNode> = {
  it: {
    type: 'collect',
    prompt: 'Číslo?',
    variable: 'order',
    minDigits: 4,
    maxDigits: 8,
    pattern: '^4[0-9]+$',
    finishOnKey: '#',
    timeoutMs: 5000,
    tries: 2,
    edges: { collected: 'crm', noInput: 'bye', invalid: 'bye' },
  },
  crm: {
    type: 'http',
    toolId: 'crm',
    arguments: { order: '{{ vars.order }}', phone: '{{ caller.number }}' },
    result: 'found',
    edges: { ok: 'rate', failed: 'bye', timeout: 'bye' },
  },
  rate: {
    type: 'condition',
    rules: [{ outcome: 'gold', when: { variable: 'vars.found.tier', operator: 'equals', value: 'gold' } }],
    edges: { gold: 'hello', otherwise: 'bye' },
  },
  hello: { type: 'say', text: 'Dobrý den, {{ vars.found.name }}, {{ vars.found.phone }}.', edges: { next: 'half' } },
  half: {
    type: 'split',
    branches: [
      { outcome: 'one', weight: 1 },
      { outcome: 'two', weight: 1 },
    ],
    edges: { one: 'menu', two: 'menu' },
  },
  menu: {
    type: 'menu',
    prompt: 'Co dál?',
    options: [{ outcome: 'complaint', words: { 'cs-CZ': ['stížnost'] } }],
    timeoutMs: 5000,
    tries: 2,
    edges: { complaint: 'message', noInput: 'bye', noMatch: 'bye' },
  },
  message: { type: 'voicemail', prompt: 'Mluvte.', maxLengthS: 60, edges: { recorded: 'bye', empty: 'bye' } },
  bye: { type: 'hangup', lastWords: 'Nashle.', reason: 'done' },
};
const base = flowOf({ type: 'hangup' }, { nodes, variables: { order: { type: 'text' }, found: { type: 'json' } } });
const shop: FlowDocument = { ...base, nodes: { ...base.nodes, ...nodes } };
const events: EventDetail[] = [
  { type: 'digits', digits: '' },
  { type: 'digits', digits: '4711' },
  {
    type: 'toolAnswered',
    status: 'ok',
    data: { tier: 'gold', name: 'Jana Nová', phone: '+420777123456', account: 987_654 },
  },
  { type: 'speech', text: 'Já jsem Jana a mám stížnost' },
  { type: 'voicemailLeft', durationS: 7 },
];

function record(document: FlowDocument, happened: readonly EventDetail[]) {
  const { flow, decisions, callerNumber } = recordedCall(document, happened, {
    references: withStandIns(document, {}),
  });
  const call = { name: 'x', direction: 'inbound', language: 'cs-CZ', ourNumber: '+420222000111' } as const;
  return { flow, decisions, scenario: recordScenario({ ...call, flow, decisions, theirNumber: callerNumber ?? '' }) };
}

describe('a recorded call', () => {
  const { flow, scenario } = record(shop, events);
  const text = JSON.stringify(scenario);

  it('holds as a scenario', () => {
    const [call] = runScenario(flow, readScenario(scenario)).calls;
    expect(call?.failures).toEqual([]);
    expect(call?.run.stays.map(({ node }) => node)).toEqual([
      'start',
      'it',
      'crm',
      'rate',
      'hello',
      'half',
      'menu',
      'message',
      'bye',
    ]);
    expect(scenario).toMatchObject({
      clock: '2026-11-27T16:59:00 UTC',
      does: [
        { silent: true, at: 'it', afterS: 1 },
        { press: expect.stringMatching(/^4\d{3}#$/), at: 'it', afterS: 1 },
        { say: 'stiznost', at: 'menu', afterS: 1 },
        { leaveMessageS: 7, at: 'message' },
      ],
      answers: { tools: { crm: [{ status: 'ok', afterS: 1, data: { tier: 'gold' } }] } },
    });
  });

  it('names nobody', () => {
    for (const personal of ['Jana', 'Nov', '777123456', '4711', '987654', '222000111'])
      expect(text).not.toContain(personal);
  });

  it('has the same stand-in for the same thing', () => {
    expect(scenario['caller']).toMatchObject({ number: expect.stringMatching(/^\+42080000000\d$/) });
    const phone = readScenario(scenario).calls[0]?.theirNumber;
    expect(scenario['answers']).toMatchObject({ tools: { crm: [{ data: { phone } }] } });
  });
});

it('a hang-up, a dialling and an assistant come back as they were', () => {
  const talk: FlowNode = { type: 'assistant', assistantId: 'a', result: 'talk', edges: { order: 'x' } };
  const dial: FlowNode = {
    type: 'transfer',
    to: { phoneNumber: '+420222999888' },
    ringTimeoutS: 20,
    edges: { noAnswer: 'y' },
  };
  const document = flowOf(talk, {
    nodes: {
      'end-order': { ...dial, edges: { noAnswer: 'wait' } },
      wait: { type: 'wait', durationS: 1, edges: { next: 'it' } },
    },
  });
  const { scenario } = record(document, [
    { type: 'assistantLeft', outcome: 'order', data: { town: 'Brno' } },
    { type: 'dialEnded', status: 'no-answer' },
    { type: 'done' },
    { type: 'hungUp' },
  ]);
  expect(scenario).toMatchObject({
    does: [{ hangUp: true, at: 'it', afterS: 1 }],
    answers: {
      assistants: { it: [{ outcome: 'order', data: { town: expect.not.stringContaining('Brno') } }] },
      transfers: { 'end-order': [{ outcome: 'noAnswer' }] },
    },
    expect: { outcome: 'callerHungUp' },
  });
});

it('a number that decides has a stand-in on the same side of what is asked for, and a yes is no secret', () => {
  const ask: FlowNode = { type: 'http', toolId: 'crm', result: 'found', edges: { ok: 'x', failed: 'x', timeout: 'x' } };
  const rate: FlowNode = {
    type: 'condition',
    rules: [
      {
        outcome: 'rich',
        when: {
          all: [
            { variable: 'vars.found.budget', operator: 'greaterThan', value: 500_000 },
            { variable: 'vars.found.owns', operator: 'isTrue' },
          ],
        },
      },
    ],
    edges: { rich: 'end-failed', otherwise: 'end-timeout' },
  };
  const document = flowOf(ask, { variables: { found: { type: 'json' } }, nodes: { 'end-ok': rate } });
  for (const budget of [812_345, 123_456, 999_999, '812345', '123456.5']) {
    const { scenario } = record(document, [{ type: 'toolAnswered', status: 'ok', data: { budget, owns: 'true' } }]);
    expect(JSON.stringify(scenario)).not.toContain(String(budget));
    const way = Number(budget) > 500_000 ? 'end-ok: rich' : 'end-ok: otherwise';
    expect(scenario['expect']).toMatchObject({ path: expect.arrayContaining([way]) });
  }
});

it('a call whose way hangs on who calls is refused, with the step', () => {
  const document = flowOf({
    type: 'condition',
    rules: [{ outcome: 'mine', when: { variable: 'contact.name', operator: 'matches', value: 'J.*' } }],
    edges: { mine: 'x', otherwise: 'x' },
  });
  expect(() => record(document, [])).toThrow('step 2 of the call (it: mine) cannot be had again');
});

it('whatever happened in a call of any flow, its scenario holds and names nobody, or is refused', () => {
  fc.assert(
    fc.property(flows, happenings, (document, happened) => {
      const flow = compileFlow(document, references);
      const decisions: Decision[] = [];
      let state = initialFlowState('cs-CZ');
      let atMs = startMs;
      const take = (event: EventDetail): void => {
        const step = advance(flow, state, { ...event, atMs });
        ({ state } = step);
        decisions.push(...step.decisions);
      };
      take(started);
      for (const each of happened) {
        atMs += each.afterMs;
        const graph = state.subflow === undefined ? flow : flow.subflows[state.subflow];
        if (state.phase === 'waiting') take(eventAt(graph?.nodes[state.nodeId ?? ''], each));
      }
      if (state.phase === 'waiting') take({ type: 'hungUp' });
      const call = { name: 'x', direction: 'inbound', theirNumber: '+420777123456', language: 'cs-CZ' } as const;
      expect(faultsOf({ ...call, decisions, flow })).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

/** What is wrong with the scenario of a call; nothing where it is refused. */
function faultsOf(call: Parameters<typeof recordScenario>[0]): unknown[] {
  try {
    const scenario = recordScenario(call);
    const text = JSON.stringify(scenario);
    const { calls } = runScenario(call.flow, readScenario(scenario));
    const told = ['Jana', '777123456', '4711', secretDigits].filter((personal) => text.includes(personal));
    return [...calls.flatMap(({ failures }) => failures), ...told];
  } catch (failure) {
    if (failure instanceof AppError && failure.message.includes('cannot be had again')) return [];
    throw failure;
  }
}
