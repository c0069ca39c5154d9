import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type CallTools, openCallTools } from '../cli/call/call-tools.ts';
import { playMoments } from '../cli/call/play-moments.ts';
import { runCall } from '../cli/call/run-call.ts';
import { root } from '../cli/running/client-config.ts';
import { type OwnStack, startOwnStack } from '../cli/running/own-stack.ts';
import { loadScenario } from '../simulator/scenarios/load-scenario.ts';

let stack: OwnStack;
let tools: CallTools;

beforeAll(async () => {
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'handover-e2e.log'));
  const say = (part: string, line: string): unknown => log.write(`${part.padEnd(14)} ${line}\n`);
  stack = await startOwnStack({ env: {}, isolated: true, say });
  tools = await openCallTools({ config: stack.config, crmPort: stack.ports.SIM_CRM_PORT });
});
afterAll(async () => {
  await tools?.close();
  await stack?.stop();
});

/** Makes a call whose gateway drains, and tells what became of its streams, in order. */
async function makeCall(name: string) {
  const scenario = loadScenario(name);
  const moments = await playMoments(stack, scenario);
  onTestFinished(() => moments.stop());
  const lines: string[] = [];
  const streams: string[] = [];
  const { report } = await runCall({
    tools,
    scenario,
    write: (line) => lines.push(line),
    onEvent: (event, call) => {
      if (/^(stream|fork)-|^said$/.test(event.kind)) streams.push(event.kind);
      moments.onEvent(event, call);
    },
  });
  if (report.faults.length > 0) console.log(lines.join('\n'));
  expect(report.faults).toEqual([]);
  await moments.done();
  return { turns: report.turns, streams };
}

it('a caller who begins to speak while his call changes hands is heard whole, and once', async () => {
  const { turns, streams } = await makeCall('handover-while-speaking');
  expect(streams).toEqual([
    'stream-started',
    'said',
    'fork-started',
    'stream-stopped',
    'said',
    'stream-started',
    'fork-stopped',
    'said',
    'stream-stopped',
  ]);
  expect(turns.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)).toEqual([
    'Jakou máte otevírací dobu?',
    'Potřebuji poslat fakturu e-mailem.',
    'Děkuji, to je všechno, na shledanou.',
  ]);
});

it('a call whose carrier does not fork its caller changes hands all the same', async () => {
  const { streams } = await makeCall('handover-fork-refused');
  expect(streams).toEqual([
    'stream-started',
    'said',
    'stream-stopped',
    'stream-started',
    'said',
    'said',
    'stream-stopped',
  ]);
});
