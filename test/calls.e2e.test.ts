import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playMoments } from '../cli/call/play-moments.ts';
import { type NamedReport, runAll } from '../cli/call/run-all.ts';
import { runCall, type RunCallOptions } from '../cli/call/run-call.ts';
import { root } from '../cli/running/client-config.ts';
import { startOwnStack, type OwnStack } from '../cli/running/own-stack.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';
import { connectTemporal } from '../temporal/client.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import { callTrace } from './call-trace.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';
import { testLog } from './test-keys.ts';

/** The whole product, its own Postgres, Temporal and simulators; what it logs is kept for whoever looks for a fault. */
let stack: OwnStack;
/** Takes its traces: `npm run chaos` runs the product without any. */
let traces: Awaited<ReturnType<typeof startOtlpReceiver>>;

beforeAll(async () => {
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'e2e.log'));
  traces = await startOtlpReceiver();
  stack = await startOwnStack({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint },
    isolated: true,
    say: (part, line) => log.write(`${part.padEnd(14)} ${line}\n`),
  });
});
afterAll(async () => {
  await stack?.stop();
  await traces?.close();
});

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

  it('leave a trace: one tree through all processes, in which nobody finds who called or what was said', async () => {
    const report = (await results.get('demo-cs')?.promise)?.report;
    const trace = () => callTrace(traces.spans, report?.callId ?? '');
    await traces.received(
      () => trace().roots.join() === 'call' && trace().pathsOf('RunWorkflow:callWorkflow').length > 0,
    );
    const { pathsOf, services, text } = trace();
    expect(services).toEqual(new Set(['switchboard-api', 'switchboard-media-gateway', 'switchboard-worker']));
    const webhook = 'call > POST /telephony/voice > UpdateWithStartWorkflow:admit';
    expect(pathsOf('RunWorkflow:callWorkflow')).toEqual([`${webhook} > RunWorkflow:callWorkflow`]);
    expect(pathsOf('RunActivity:recordAdmission')).toEqual([
      `${webhook} > HandleUpdate:admit > StartActivity:recordAdmission > RunActivity:recordAdmission`,
    ]);
    // Warmed by the workflow, or opened by the stream.
    expect(pathsOf('model open').join()).toMatch(/^call > .*(RunActivity:warm|stream) > model open/);
    expect(pathsOf('HandleUpdate:attach')).toEqual([
      'call > stream > attach > StartWorkflowUpdate:attach > HandleUpdate:attach',
    ]);
    expect(pathsOf('turn').length).toBeGreaterThan(1);
    expect(new Set(pathsOf('turn'))).toEqual(new Set(['call > stream > turn']));
    expect(pathsOf('interruption')).toContain('call > stream > interruption');
    expect(pathsOf('tool request')).toEqual([
      'call > stream > tool > StartWorkflow:toolCallWorkflow > RunWorkflow:toolCallWorkflow > ' +
        'StartActivity:callTool > RunActivity:callTool > tool request',
    ]);
    const said = (report?.turns ?? []).flatMap((turn) => turn.text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((word) => text.includes(word))).toEqual([]);
    expect(text).not.toMatch(/420777123456|420555000100/);
  });

  it('go on where traces are switched off again', async () => {
    const workflowId = (await results.get('demo-cs')?.promise)?.report?.workflowId ?? '';
    const { config } = stack;
    const platformKeys = [await platformKey(createFileKeyProvider(config.KEY_FILE))] as const;
    const address = config.TEMPORAL_ADDRESS ?? '';
    const temporal = connectTemporal({ address, namespace: config.TEMPORAL_NAMESPACE, platformKeys });
    try {
      const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
      const dataConverter = createDataConverter(platformKeys);
      installRuntime(testLog);
      const replay = { workflowBundle: await bundleWorkflows(), dataConverter };
      await expect(Worker.runReplayHistory(replay, history, workflowId)).resolves.toBeUndefined();
    } finally {
      await temporal.close();
    }
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
