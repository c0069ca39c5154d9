import { compileFlow } from '../../contracts/flow/compile.ts';
import type { FlowDocument, FlowNode } from '../../contracts/flow/document.ts';
import type { FlowReferences } from '../../contracts/flow/references.ts';
import { readScenario } from '../../contracts/flow/scenario/read-scenario.ts';
import { runScenario } from '../../contracts/flow/scenario/run-scenario.ts';
import { validate } from '../../contracts/flow/validate.ts';
import type { Measured } from './figure.ts';

const scenarios = 1_000;
const rounds = 5;
const startMs = Date.UTC(2026, 10, 27, 8);

/** The flow engine and the validator on one core, in this process: the best of five rounds, after one that warms up. */
export function measureFlow(): Measured[] {
  const flow = compileFlow(twentySteps, references);
  const steps = runScenario(flow, scenario).calls[0]?.run.stays.length ?? 0;
  const perRoundMs = bestMs(() => {
    for (let i = 0; i < scenarios; i++) if (!runScenario(flow, scenario).ok) throw new Error('the scenario fails');
  });
  const large = largeFlow(500);
  return [
    {
      name: 'flow.stepUs',
      value: (perRoundMs * 1_000) / (scenarios * steps),
      note: `${steps} nodes entered a scenario, the caller and the judging included`,
    },
    {
      name: 'flow.scenariosPerSecond',
      value: (scenarios * 1_000) / perRoundMs,
      note: `scenarios of ${steps} steps, their path, words, outcome and variables judged`,
    },
    { name: 'flow.validate500NodesMs', value: bestMs(() => void validate(large, { ...references, nowMs: startMs })) },
    { name: 'flow.compile500NodesMs', value: bestMs(() => void compileFlow(large, references)) },
  ];
}

function bestMs(work: () => void): number {
  work();
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const beganMs = performance.now();
    work();
    best = Math.min(best, performance.now() - beganMs);
  }
  return best;
}

const references: FlowReferences = {
  assistants: { helper: { outcomes: [{ name: 'order' }] } },
  calendars: {
    shop: {
      timeZone: 'Europe/Prague',
      weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }],
    },
  },
};

/** One turn of the nodes that calls spend their time in; `next` is where it leads on. */
function turn(id: (name: string) => string, next: string): Record<string, FlowNode> {
  const menu = id('menu');
  return {
    [id('hours')]: { type: 'hours', calendarId: 'shop', edges: { open: id('say'), closed: next } },
    [id('say')]: {
      type: 'say',
      text: { 'cs-CZ': 'Dobrý den, {{ contact.name }}.', 'en-US': 'Hello, {{ contact.name }}.' },
      edges: { next: id('vip') },
    },
    [id('vip')]: {
      type: 'condition',
      rules: [
        { outcome: 'abroad', when: { not: { variable: 'caller.country', operator: 'equals', value: 'CZ' } } },
        { outcome: 'vip', when: { variable: 'contact.turnover', operator: 'greaterThan', value: 100_000 } },
      ],
      edges: { abroad: menu, vip: menu, otherwise: menu },
    },
    [menu]: {
      type: 'menu',
      prompt: { 'cs-CZ': 'Objednávky 1, reklamace 2.', 'en-US': 'Orders 1, complaints 2.' },
      options: [
        { outcome: 'orders', digit: '1' },
        { outcome: 'complaints', digit: '2' },
      ],
      timeoutMs: 5_000,
      tries: 3,
      edges: { orders: id('set'), complaints: next, noInput: next, noMatch: next },
    },
    [id('set')]: {
      type: 'set',
      assignments: [{ variable: 'line', value: 'orders of {{ contact.name }}' }],
      edges: { next: id('split') },
    },
    [id('split')]: {
      type: 'split',
      branches: [
        { outcome: 'one', weight: 1 },
        { outcome: 'two', weight: 1 },
      ],
      edges: { one: next, two: next },
    },
  };
}

function flowOf(turns: number, name: string): FlowDocument {
  const idIn = (i: number) => (part: string) => `${part}-${i}`;
  const nodes: Record<string, FlowNode> = { start: { type: 'start', edges: { next: idIn(0)('hours') } } };
  for (let i = 0; i < turns; i++) Object.assign(nodes, turn(idIn(i), i + 1 < turns ? idIn(i + 1)('hours') : 'bye'));
  nodes['bye'] = { type: 'hangup', lastWords: { 'cs-CZ': 'Na shledanou.', 'en-US': 'Goodbye.' }, reason: 'done' };
  return {
    schemaVersion: 1,
    name,
    languages: ['cs-CZ', 'en-US'],
    voiceId: 'cs-CZ-Standard-A',
    variables: { line: { type: 'text' } },
    contact: { name: { type: 'text' }, turnover: { type: 'number' } },
    start: 'start',
    fault: 'bye',
    nodes,
  };
}

const twentySteps = flowOf(3, 'twenty steps');

const largeFlow = (nodes: number): FlowDocument => flowOf(Math.floor((nodes - 2) / 6), `${nodes} nodes`);

const scenario = readScenario({
  scenarioVersion: 1,
  name: 'twenty steps',
  clock: '2026-11-27T09:00 Europe/Prague',
  caller: { number: '+420777123456', language: 'cs-CZ', contact: { name: 'Jana', turnover: 120_000 } },
  does: [{ press: '1' }, { press: '1' }, { press: '1' }],
  expect: {
    path: ['start', 'hours-0: open', '...', 'split-2', 'bye'],
    said: ['Dobrý den, Jana.', { node: 'menu-2', contains: 'reklamace 2' }, 'Na shledanou.'],
    outcome: 'done',
    variables: { line: 'orders of Jana' },
  },
});
