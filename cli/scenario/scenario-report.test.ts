import { expect, it } from 'vitest';
import { runScenario } from '../../contracts/flow/scenario/run-scenario.ts';
import { readScenario } from '../../contracts/flow/scenario/read-scenario.ts';
import { coverageOf } from '../../contracts/flow/scenario/coverage.ts';
import { compileFlow } from '../../contracts/flow/compile.ts';
import { flowOf } from '../../contracts/flow/testing/play.ts';
import { coverageLines, linesOf } from './scenario-report.ts';

const flow = compileFlow(
  flowOf({
    type: 'menu',
    prompt: 'Jedna?',
    options: [{ outcome: 'one', digit: '1' }],
    timeoutMs: 5000,
    tries: 2,
    edges: { one: 'x', noInput: 'x', noMatch: 'x' },
  }),
  { assistants: {} },
);
const reportOf = (outcome: string) => {
  const scenario = readScenario({
    scenarioVersion: 1,
    name: 'one is pressed',
    clock: '2026-11-27T17:59 Europe/Prague',
    does: [{ press: '7' }, { press: '1' }],
    expect: { path: ['start', `it: ${outcome}`, '...'] },
  });
  const result = runScenario(flow, scenario);
  return { file: 'a.scenario.json', name: scenario.name, ok: result.ok, result };
};

it('a scenario that holds is one line', () => {
  expect(linesOf(reportOf('one'))).toEqual(['ok     a.scenario.json  one is pressed']);
});

it('one that does not says where, what was expected, what came, and draws the path', () => {
  expect(linesOf(reportOf('noMatch')).join('\n')).toBe(`FAILED a.scenario.json  one is pressed
  /expect/path/1, step 2 (it): expected it: noMatch, came it: one

  17:59:00  start (start)
          ↓ next
  17:59:00  it (menu)
            "Jedna?"
            "Jedna?"
            · no option has the key 7; try 1 of 2
          ✗ /expect/path/1: expected it: noMatch
            came it: one
          ↓ one  (the caller pressed 1)
  17:59:02  end-one (hangup)
          ■ one
  17:59:02  the call ends: one
`);
});

it('one that the workflow of calls takes elsewhere says where they part', () => {
  const differences = [{ call: 0, what: 'the outcome', engine: '"one"', workflow: '"two"' }];
  const lines = linesOf({ ...reportOf('one'), ok: false, differences });
  expect(lines).toEqual([
    'FAILED a.scenario.json  one is pressed',
    '  call 1, the outcome: the engine has "one"',
    '  and the workflow of calls "two"',
  ]);
});

it('a file that cannot be run says why', () => {
  const lines = linesOf({ file: 'a.scenario.json', name: '', ok: false, fault: 'no scenario:\n  /clock: when?' });
  expect(lines).toEqual(['FAILED a.scenario.json', '  no scenario:', '    /clock: when?', '']);
});

it('coverage names nodes and outcomes that no scenario reaches', () => {
  expect(coverageLines('flow.json', coverageOf(flow, [reportOf('one').result]))).toEqual([
    'coverage of flow.json: 3 of 5 nodes, 2 of 4 outcomes',
    '  no scenario reaches end-noinput, end-nomatch',
    '  no scenario leaves it by noInput',
    '  no scenario leaves it by noMatch',
  ]);
});
