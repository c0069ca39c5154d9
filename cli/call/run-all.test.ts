import { describe, expect, it } from 'vitest';
import { readConfig } from '../../contracts/config.ts';
import { loadScenario } from '../../simulator/scenarios/load-scenario.ts';
import type { CallReport } from './call-report.ts';
import { lineOf, runAll } from './run-all.ts';

const report: CallReport = {
  ok: true,
  callId: 'CA1',
  workflowId: 't/demo/call/CA1',
  outcome: 'ended',
  durationMs: 21_500,
  turns: [],
  turnLatencyMs: { p50: 700, p95: 900 },
  bargeInMs: null,
  longestSilenceMs: 740,
  toolCalls: [],
  historyEvents: 60,
  cost: { currency: 'USD', totalMillionths: 0, perMinuteMillionths: 0 },
  faults: [],
};
const scenarios = ['demo-cs', 'demo-en', 'dtmf', 'outbound', 'escalation'].map(loadScenario);

describe('runAll', () => {
  it('makes every call, never more at once than told, and one that cannot be made is a fault of its own', async () => {
    let going = 0;
    let most = 0;
    const told: string[] = [];
    const results = await runAll({
      config: readConfig({}),
      crmPort: 1,
      scenarios,
      atOnce: 2,
      onResult: ({ scenario }) => void told.push(scenario),
      call: async ({ scenario }) => {
        going += 1;
        most = Math.max(most, going);
        await new Promise((resolve) => setImmediate(resolve));
        going -= 1;
        if (scenario.name === 'dtmf') throw new Error('nobody dialled');
        return { report };
      },
    });
    expect(most).toBe(2);
    expect(told.toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
    expect(results.filter(({ ok }) => !ok)).toEqual([{ scenario: 'dtmf', ok: false, faults: ['nobody dialled'] }]);
  });
});

describe('lineOf', () => {
  it('gives a call one line, and one for each fault', () => {
    expect(lineOf({ scenario: 'demo-cs', ok: true, faults: [], report })).toMatch(/^ok .*demo-cs .*21\.5 s.*ended$/);
    expect(lineOf({ scenario: 'dtmf', ok: false, faults: ['a', 'b'] }).split('\n')).toHaveLength(3);
  });
});
