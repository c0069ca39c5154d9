import { type Scenario, scenarioGroups } from '../../simulator/scenarios/scenario.ts';

/** The scenarios by what they are about, each with what the caller hears, a line for each. */
export function scenarioList(scenarios: readonly Pick<Scenario, 'name' | 'group' | 'about'>[]): string[] {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  return scenarioGroups.flatMap((group) => {
    const calls = scenarios.filter((one) => one.group === group);
    if (calls.length === 0) return [];
    return [`\n${group}`, ...calls.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)];
  });
}
