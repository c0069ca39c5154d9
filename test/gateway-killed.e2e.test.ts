import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openCallTools } from '../cli/call/call-tools.ts';
import { playMoments } from '../cli/call/play-moments.ts';
import { runCall } from '../cli/call/run-call.ts';
import { root } from '../cli/running/client-config.ts';
import { startOwnStack } from '../cli/running/own-stack.ts';
import { loadScenario } from '../simulator/scenarios/load-scenario.ts';

it('a gateway that is killed in mid-sentence costs a gap and no call: another one goes on with what was said', async () => {
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'gateway-killed-e2e.log'));
  const say = (part: string, line: string): unknown => log.write(`${part.padEnd(14)} ${line}\n`);
  const stack = await startOwnStack({ env: {}, isolated: true, say });
  onTestFinished(() => stack.stop());
  const tools = await openCallTools({ config: stack.config, crmPort: stack.ports.SIM_CRM_PORT });
  onTestFinished(() => tools.close());
  const scenario = loadScenario('gateway-killed');
  const moments = await playMoments(stack, scenario);
  onTestFinished(() => moments.stop());

  const lines: string[] = [];
  const { onEvent } = moments;
  const { report } = await runCall({ tools, scenario, onEvent, write: (line) => lines.push(line) });
  if (report.faults.length > 0) console.log(lines.join('\n'));
  expect(report.faults).toEqual([]);
  await moments.done();
  const { turns } = report;
  const cut = turns.findIndex(({ text, heardText }) => text.startsWith('Doprava') && heardText.length < text.length);
  expect(cut).toBeGreaterThan(0);
  expect(turns[cut + 1]?.text).toMatch(/^Omlouvám se, na chvíli jsme se neslyšeli\./);
});
