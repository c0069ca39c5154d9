import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playMoments } from '../cli/call/play-moments.ts';
import { type NamedReport, runAll } from '../cli/call/run-all.ts';
import { runCall, type RunCallOptions } from '../cli/call/run-call.ts';
import { root } from '../cli/running/client-config.ts';
import { startOwnStack, type OwnStack } from '../cli/running/own-stack.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';

/** The whole product, its own Postgres, Temporal and simulators; what it logs is kept for whoever looks for a fault. */
let stack: OwnStack;

beforeAll(async () => {
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'e2e.log'));
  stack = await startOwnStack({
    env: {},
    isolated: true,
    say: (part, line) => log.write(`${part.padEnd(14)} ${line}\n`),
  });
});
afterAll(() => stack?.stop());

/** Makes a call; its timeline is worth reading where something was wrong. */
async function makeCall(options: Omit<RunCallOptions, 'write'>) {
  const lines: string[] = [];
  const call = await runCall({ ...options, write: (line) => lines.push(line) });
  if (call.report.faults.length > 0) console.log(lines.join('\n'));
  return call;
}
const running = (): Pick<RunCallOptions, 'config' | 'crmPort'> => ({
  config: stack.config,
  crmPort: stack.ports.SIM_CRM_PORT,
});

describe('calls side by side, each of a tenant of its own', () => {
  const names = scenarioNames().filter((name) => loadScenario(name).moments === undefined);
  const results = new Map(names.map((name) => [name, Promise.withResolvers<NamedReport>()]));
  const make = (some: readonly string[], atOnce: number) =>
    runAll({
      ...running(),
      scenarios: some.map(loadScenario),
      atOnce,
      call: makeCall,
      onResult: (result) => results.get(result.scenario)?.resolve(result),
    });
  // The first call of a stack pays for all that is loaded when it is first needed: it is made alone.
  const first = 'caller-hangs-up';
  beforeAll(() => {
    void make([first], 1).then(() =>
      make(
        names.filter((name) => name !== first),
        8,
      ),
    );
  });

  it.each(names)('%s', async (name) => {
    const result = await results.get(name)?.promise;
    expect(result?.faults).toEqual([]);
    expect((result?.report?.turns ?? []).length > 0).toBe(loadScenario(name).model.rules.length > 0);
    expect(result?.report?.historyEvents).toBeGreaterThan(0);
  });
});

describe('a gateway that is killed in mid-sentence', () => {
  it('costs the caller a gap and no call: another gateway goes on with what was said so far', async () => {
    const scenario = loadScenario('gateway-killed');
    const moments = await playMoments(stack, scenario);
    try {
      const { faults, turns } = (await makeCall({ ...running(), scenario, onEvent: moments.onEvent })).report;
      expect(faults).toEqual([]);
      await moments.done();
      const cut = turns.findIndex(
        ({ text, heardText }) => text.startsWith('Doprava') && heardText.length < text.length,
      );
      expect(cut).toBeGreaterThan(0);
      expect(turns[cut + 1]?.text).toMatch(/^Omlouvám se, na chvíli jsme se neslyšeli\./);
    } finally {
      await moments.stop();
    }
  });
});
