import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findScenarios } from '../cli/scenario/find-scenarios.ts';
import { loadScenario } from '../cli/scenario/load-scenario.ts';
import { compareScenario } from '../cli/scenario/temporal/compare-scenario.ts';
import { openStage, type ScenarioStage } from '../cli/scenario/temporal/scenario-stage.ts';
import { runScenario } from '../contracts/flow/scenario/run-scenario.ts';

const root = join(import.meta.dirname, '..');
const files = await findScenarios([join(root, 'contracts/flow')]);
/** For many calls beside each other on a busy machine. */
const timeout = 60_000;
let stage: ScenarioStage;

beforeAll(async () => {
  stage = await openStage(inject('temporalAddress'));
});
afterAll(() => stage.close());

describe.concurrent('a scenario is the same in the engine and through the workflow of calls', { timeout }, () => {
  it.each(files.map((file) => file.slice(root.length + 1)))('%s', async (file) => {
    const loaded = await loadScenario(join(root, file));
    expect(await compareScenario(stage, loaded, runScenario(loaded.flow, loaded.scenario))).toEqual([]);
  });

  it('and where it is not, it is told what is different', async () => {
    const { scenario, flow } = await loadScenario(
      join(root, 'contracts/flow/examples/flower-shop/friday-evening.scenario.json'),
    );
    const { calendars, nodes } = flow;
    const always = { timeZone: 'Europe/Prague', weekly: [] };
    const message = { ...nodes['message'], type: 'voicemail', edges: { recorded: 'bye' }, prompt: 'Mluvte.' };
    const closed = { ...flow, calendars: { ...calendars, shop: always }, nodes: { ...nodes, message } };
    const differences = await compareScenario(stage, { flow: closed, scenario }, runScenario(flow, scenario));
    expect(differences).toMatchObject([
      { call: 0, what: 'what comes next', workflow: '"the workflow wants voicemail, and the engine gather"' },
      { call: 0, what: 'what is said' },
      { call: 0, what: 'the outcome', engine: '"done"', workflow: '"callerHungUp"' },
      { call: 1, what: 'what comes next' },
      { call: 1, what: 'what is said', workflow: '["Mluvte."]' },
      { call: 1, what: 'the outcome' },
    ]);
  });

  it('also where only a variable has another value', async () => {
    const { scenario, flow } = await loadScenario(join(root, 'contracts/flow/examples/circle/guards.scenario.json'));
    const again = {
      type: 'set',
      edges: { next: 'support-queue' },
      assignments: [{ variable: 'asked', value: { literal: 'y' } }],
    };
    const [, second] = scenario.calls;
    const changed = {
      flow: { ...flow, nodes: { ...flow.nodes, again } },
      scenario: { ...scenario, calls: second ? [second] : [] },
    };
    const [difference, ...others] = await compareScenario(stage, changed, runScenario(flow, changed.scenario));
    expect(difference).toMatchObject({
      what: 'decision 4',
      engine: expect.stringContaining('"asked":"x"'),
      workflow: expect.stringContaining('"asked":"y"'),
    });
    expect(others).toEqual([]);
  });
});
