import { expect, it } from 'vitest';
import { loadScenario, scenarioNames } from '../../simulator/scenarios/load-scenario.ts';
import { longestFirst } from './longest-first.ts';

it('begins with the calls of which most is said and waited for, and leaves none out', () => {
  const order = longestFirst(scenarioNames().map(loadScenario)).map(({ name }) => name);
  expect(order.toSorted()).toEqual(scenarioNames().toSorted());
  expect(order[0]).toBe('half-hour');
  const place = (name: string): number => order.indexOf(name);
  expect(place('demo-cs')).toBeLessThan(place('dtmf'));
  expect(place('silence')).toBeLessThan(place('outbound-machine'));
  expect(place('dtmf')).toBeLessThan(place('outbound-busy'));
  expect(place('outbound-unknown')).toBeLessThan(place('dtmf')); // nobody speaks, and 30 s pass
});
