import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../contracts/flow/scenario/run-scenario.ts';
import { readScenario } from '../contracts/flow/scenario/read-scenario.ts';
import { findScenarios } from '../cli/scenario/find-scenarios.ts';
import { loadScenario } from '../cli/scenario/load-scenario.ts';
import { linesOf } from '../cli/scenario/scenario-report.ts';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'contracts/flow/examples');
const files = await findScenarios([join(root, 'contracts/flow')]);

describe('the scenarios of the repository', () => {
  it.each(files.map((file) => file.slice(root.length + 1)))('%s holds', async (file) => {
    const { scenario, flow } = await loadScenario(join(root, file));
    const result = runScenario(flow, scenario);
    expect(linesOf({ file, name: scenario.name, ok: result.ok, result }).slice(1)).toEqual([]);
  });
});

it('the scenarios that the documentation shows hold', async () => {
  const page = await readFile(join(root, 'docs/scenarios.md'), 'utf8');
  const shown = [...page.matchAll(/```json\n(\{\n {2}"scenarioVersion"[^`]*)```/g)].map(([, text = '']) => text);
  expect(shown.length).toBe(2);
  for (const text of shown) {
    const scenario = readScenario(JSON.parse(text));
    const example = scenario.flow === 'flow.json' ? 'flower-shop/friday-evening' : 'support-desk/queue-timeout';
    const { flow } = await loadScenario(join(examples, `${example}.scenario.json`));
    expect(runScenario(flow, scenario).calls.flatMap(({ failures }) => failures)).toEqual([]);
  }
});
