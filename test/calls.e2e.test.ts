import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGatewayKiller } from '../cli/call/gateway-killer.ts';
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

async function call(name: string, onEvent?: RunCallOptions['onEvent']) {
  const lines: string[] = [];
  const { report } = await runCall({
    config: stack.config,
    crmPort: stack.ports.SIM_CRM_PORT,
    scenario: loadScenario(name),
    write: (line) => lines.push(line),
    ...(onEvent && { onEvent }),
  });
  if (report.faults.length > 0) console.log(lines.join('\n'));
  expect(report.faults).toEqual([]);
  return report;
}

describe('calls side by side, each of a tenant of its own', () => {
  it.concurrent.each(scenarioNames().filter((name) => name !== 'gateway-killed'))('%s', async (name) => {
    const { turns, historyEvents } = await call(name);
    expect(turns.length > 0).toBe(loadScenario(name).model.rules.length > 0);
    expect(historyEvents).toBeGreaterThan(0);
  });
});

describe('a gateway that is killed in mid-sentence', () => {
  it('costs the caller a gap and no call: another gateway goes on with what was said so far', async () => {
    const killer = await createGatewayKiller(stack, 'cs-caller-go-on');
    try {
      const { turns } = await call('gateway-killed', killer.onEvent);
      expect(await killer.killed()).toBeGreaterThan(0);
      const cut = turns.findIndex(
        ({ text, heardText }) => text.startsWith('Doprava') && heardText.length < text.length,
      );
      expect(cut).toBeGreaterThan(0);
      expect(turns[cut + 1]?.text).toMatch(/^Omlouvám se, na chvíli jsme se neslyšeli\./);
    } finally {
      await killer.stop();
    }
  });
});
