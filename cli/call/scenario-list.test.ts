import { expect, it } from 'vitest';
import { loadScenario, scenarioNames } from '../../simulator/scenarios/load-scenario.ts';
import { scenarioList } from './scenario-list.ts';

it('lists scenarios by group, in a column', () => {
  const lines = scenarioList([
    { name: 'long-name', group: 'outbound', about: 'the person hears a greeting' },
    { name: 'short', group: 'tools', about: 'the caller hears an apology' },
    { name: 'other', group: 'outbound', about: 'nobody hears anything' },
  ]);
  expect(lines).toEqual([
    '\ntools',
    '  short      the caller hears an apology',
    '\noutbound',
    '  long-name  the person hears a greeting',
    '  other      nobody hears anything',
  ]);
});

it('leaves no scenario out', () => {
  const text = scenarioList(scenarioNames().map(loadScenario)).join('\n');
  for (const name of scenarioNames()) expect(text).toContain(`  ${name} `);
});
