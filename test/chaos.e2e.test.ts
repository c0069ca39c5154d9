import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faults, shortFaults } from '../cli/chaos/faults.ts';
import { runChaos } from '../cli/chaos/run-chaos.ts';
import { root } from '../cli/running/client-config.ts';
import { loadScenario } from '../simulator/scenarios/load-scenario.ts';

it('drops no call, and loses and doubles no turn, when gateways die', { timeout: 240_000 }, async () => {
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'chaos-e2e.log'));
  const lines: string[] = [];
  const { byFault } = await runChaos({
    env: {},
    faults: faults.filter(({ name }) => shortFaults.includes(name)),
    calls: 3,
    newCalls: 2,
    scenario: loadScenario('gateway-killed'),
    lastWords: 'cs-caller-goodbye',
    apology: 'cs-assistant-reconnected',
    askedAgain: 'cs-assistant-not-understood',
    log: (part, line) => log.write(`${part.padEnd(18)} ${line}\n`),
    write: (line) => lines.push(line),
  });
  if (lines.length > shortFaults.length) console.log(lines.join('\n'));
  expect(Object.keys(byFault)).toEqual(shortFaults);
  for (const figures of Object.values(byFault)) {
    expect(figures).toMatchObject({ ok: true, calls: 3, dropped: 0, turnsLost: 0, turnsDoubled: 0 });
    expect(figures.newCalls).toMatchObject({ calls: 2, lost: 0 });
    expect(figures.moved).toBeGreaterThan(0);
    expect(figures.turnsExpected).toBeGreaterThan(9);
    expect(figures.textsMissing).toBeLessThanOrEqual(3);
  }
});
