import { expect, test } from 'vitest';

import { loadPhraseBook } from '../speech/phrase-book.ts';
import { TRAPS } from '../traps.ts';
import { loadScenario, scenarioNames } from './load-scenario.ts';

const phraseIds = new Set(loadPhraseBook().phrases.map((phrase) => phrase.id));

test.each(scenarioNames())('%s says and hears only phrases of the book, in its own language', (name) => {
  const scenario = loadScenario(name);
  const used = [
    ...scenario.caller.flatMap((step) => ('say' in step ? [step.say] : [])),
    ...scenario.model.rules.flatMap((rule) => [
      ...(rule.reply ?? []),
      ...('heard' in rule.on ? [rule.on.heard].flat() : []),
    ]),
    ...(scenario.expect?.heardInPart ?? []),
    ...(scenario.expect?.understood ?? []),
  ];
  for (const id of used) {
    expect(phraseIds).toContain(id);
    expect(id.startsWith(`${scenario.language}-`)).toBe(true);
  }
});

/** A flow without an assistant knows what it takes by itself. */
const talks = scenarioNames().filter((name) => {
  const { callee, model } = loadScenario(name);
  return callee?.outcome !== 'machine' && model.rules.length > 0;
});

test.each(talks)('%s knows an answer to everything that its caller says', (name) => {
  const { caller, model } = loadScenario(name);
  const known = new Set(model.rules.flatMap((rule) => ('heard' in rule.on ? [rule.on.heard].flat() : [])));
  const unknown = caller.filter((step) => 'say' in step && !known.has(step.say));
  expect(unknown).toEqual([]);
});

test.each(TRAPS.map(({ name }) => name))('%s has a call that says what must be heard or kept', (trap) => {
  const calls = scenarioNames()
    .map(loadScenario)
    .filter(({ traps = [] }) => traps.includes(trap));
  expect(calls.filter(({ expect: wanted = {} }) => Object.keys(wanted).length > 0)).not.toEqual([]);
});

test('every armed trap is in the table', () => {
  const names = new Set(TRAPS.map((trap) => trap.name));
  const armed = scenarioNames().flatMap((name) => loadScenario(name).traps ?? []);
  expect(armed.filter((trap) => !names.has(trap))).toEqual([]);
});

test('each demo has at least four turns of either side', () => {
  for (const name of ['demo-cs', 'demo-en']) {
    expect(loadScenario(name).caller.filter((step) => 'say' in step).length).toBeGreaterThanOrEqual(4);
  }
});

test('an unknown scenario is refused with the list of known ones', () => {
  expect(() => loadScenario('nobody')).toThrow(/demo-cs.*gateway-killed/);
});
