import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { complaints } from './complaints.ts';
import { loadScenario } from './load-scenario.ts';

const page = readFileSync(new URL('../../docs/complaints.md', import.meta.url), 'utf8');

test.each(complaints)('$name is disproved by calls that say what must be heard or kept', ({ scenarios }) => {
  expect(scenarios.length).toBeGreaterThan(0);
  for (const name of scenarios) expect(Object.keys(loadScenario(name).expect ?? {})).not.toEqual([]);
});

test.each(complaints)('$name stands in the documentation with all its calls', ({ name, scenarios }) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`));
  for (const scenario of scenarios) expect(row).toContain(`\`${scenario}\``);
});

test('no complaint stands twice', () => {
  expect(new Set(complaints.map(({ name }) => name)).size).toBe(complaints.length);
});
