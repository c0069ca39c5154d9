import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../simulator/scenarios/load-scenario.ts';
import { madeUpReport as report } from './testing/made-up-report.ts';
import { laneUse, lineOf, runAll, summaryOf } from './run-all.ts';

const scenarios = ['demo-cs', 'demo-en', 'dtmf', 'outbound', 'escalation'].map(loadScenario);

describe('runAll', () => {
  it('makes every call, never more at once than told, and one that cannot be made is a fault of its own', async () => {
    let going = 0;
    let most = 0;
    const prepared: string[] = [];
    const told: string[] = [];
    const results = await runAll({
      scenarios,
      atOnce: 2,
      prepare: async ({ name }) => void prepared.push(name),
      onResult: ({ scenario }) => void told.push(scenario),
      call: async ({ name }) => {
        going += 1;
        most = Math.max(most, going);
        await new Promise((resolve) => setImmediate(resolve));
        going -= 1;
        if (name === 'dtmf') throw new Error('nobody dialled');
        return { report };
      },
    });
    expect(most).toBe(2);
    expect(prepared).toEqual(scenarios.map(({ name }) => name));
    expect(told.toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
    const { tookMs, ...lost } = results.find(({ ok }) => !ok) ?? { tookMs: -1 };
    expect(lost).toEqual({ scenario: 'dtmf', ok: false, faults: ['nobody dialled'] });
    expect(tookMs).toBeGreaterThanOrEqual(0);
  });
});

describe('lineOf', () => {
  it('gives a call one line, and one for each fault', () => {
    expect(lineOf({ scenario: 'demo-cs', ok: true, faults: [], tookMs: 22_000, report })).toMatch(
      /^ok .*demo-cs .*21\.5 s.*ended$/,
    );
    expect(lineOf({ scenario: 'dtmf', ok: false, faults: ['a', 'b'], tookMs: 1 }).split('\n')).toHaveLength(3);
  });
});

it('says how much of the time of calls side by side was spent in them', () => {
  const call = { scenario: 'demo-cs', ok: true, faults: [], tookMs: 23_000, report };
  expect(laneUse([call, call], 2, 25_000)).toBe('2 calls at once: busy 92 % of 25 s, talking 86 %');
});

it('ends with each call that went wrong: why, where its timeline is, and how to make it alone', () => {
  const right = { scenario: 'demo-cs', ok: true, faults: [], tookMs: 1, report };
  const late = { scenario: 'dtmf', ok: false, faults: ['nothing was heard'], tookMs: 1, report };
  const unmade = { scenario: 'outbound', ok: false, faults: ['nobody dialled'], tookMs: 1 };
  expect(summaryOf([right], 90_000)).toBe('1 calls in 1.5 min: 1 as they should, 0 not');
  expect(summaryOf([right, late, unmade], 90_000).split('\n')).toEqual([
    '3 calls in 1.5 min: 1 as they should, 2 not',
    '',
    'dtmf (call CA1)',
    '  FAULT     nothing was heard',
    '  timeline  .data/calls/dtmf.txt',
    '  alone     npm run call -- --scenario dtmf',
    '',
    'outbound',
    '  FAULT     nobody dialled',
    '  timeline  .data/calls/outbound.txt',
    '  alone     npm run call -- --scenario outbound',
  ]);
});
