import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallTools, openCallTools } from '../cli/call/call-tools.ts';
import { longestFirst } from '../cli/call/longest-first.ts';
import { laneUse, type NamedReport, runAll } from '../cli/call/run-all.ts';
import { runCall } from '../cli/call/run-call.ts';
import { root } from '../cli/running/client-config.ts';
import { startOwnStack, type OwnStack } from '../cli/running/own-stack.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';
import type { Scenario } from '../simulator/scenarios/scenario.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import { callTrace } from './call-trace.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';
import { testLog } from './test-keys.ts';

/** The whole product, its own Postgres, Temporal and simulators; what it logs is kept for whoever looks for a fault. */
let stack: OwnStack;
let tools: CallTools;
const logged: string[] = [];
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
    say: (part, line) => {
      logged.push(line);
      log.write(`${part.padEnd(14)} ${line}\n`);
    },
  });
  tools = await openCallTools({ config: stack.config, crmPort: stack.ports.SIM_CRM_PORT });
});
afterAll(async () => {
  await tools?.close();
  await stack?.stop();
  await traces?.close();
});

/** Makes a call; its timeline is worth reading where something was wrong. */
async function makeCall(scenario: Scenario) {
  const lines: string[] = [];
  const call = await runCall({ scenario, tools, write: (line) => lines.push(line) });
  if (call.report.faults.length > 0) console.log(lines.join('\n'));
  return call;
}
const atOnce = 8;

describe('calls side by side, each of a tenant of its own', () => {
  const scenarios = longestFirst(scenarioNames().map(loadScenario)).filter(({ moments }) => moments === undefined);
  const names = scenarios.map(({ name }) => name);
  const results = new Map(names.map((name) => [name, Promise.withResolvers<NamedReport>()]));
  beforeAll(() => {
    const startedMs = performance.now();
    const all = runAll({
      scenarios,
      prepare: (scenario) => tools.prepare(scenario),
      call: makeCall,
      atOnce,
      onResult: (result) => results.get(result.scenario)?.resolve(result),
    });
    void all.then((calls) => console.log(laneUse(calls, atOnce, performance.now() - startedMs)));
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
    const begun = () => [...trace().roots, ...trace().pathsOf('RunWorkflow:callWorkflow').slice(0, 1)];
    // What a process sends of it comes every few seconds, and the call itself at its end.
    await expect
      .poll(begun, { timeout: 60_000, interval: 500 })
      .toEqual(['call', expect.stringContaining('RunWorkflow:callWorkflow')]);
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

  it('are counted by each process as operators are told, without a name of anybody', async () => {
    const reports = await Promise.all([...results.values()].map(({ promise }) => promise));
    const { API_PORT, GATEWAY_PORT, WORKER_PORT } = stack.config;
    const ports = { api: API_PORT, gateway: GATEWAY_PORT, worker: WORKER_PORT };
    for (const [name, port] of Object.entries(ports)) {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const given = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, metric = '']) => metric));
      expect({ [name]: given }).toEqual({ [name]: documentedMetrics(name) });
      const labels = [...text.matchAll(/="([^"]*)"/g)].map(([, value = '']) => value);
      expect(labels.filter((value) => /^(CA[0-9a-f]{32}|\+?\d{7,}|demo-.*|gw-.*)$/.test(value))).toEqual([]);
      expect(reports.filter(({ report }) => report && text.includes(report.callId))).toEqual([]);
      if (name !== 'gateway') continue;
      for (const counted of ['turn_latency_seconds', 'barge_in_seconds', 'model_open_seconds', 'tool_seconds'])
        expect(text).toMatch(new RegExp(`^switchboard_${counted}_count\\S* [1-9]`, 'm'));
      for (const kind of ['in', 'out']) expect(text).toMatch(new RegExp(`frames_total\\{kind="${kind}"\\} [1-9]`));
      expect(text).toMatch(/^switchboard_model_errors_total\{kind="closed-1\d{3}"\} [1-9]/m);
    }
  });

  it('leave no digit of a sensitive input in a log or a trace', async () => {
    const { callId = '' } = (await results.get('sensitive-digits')?.promise)?.report ?? {};
    const { digits = '' } = loadScenario('sensitive-digits').expect?.secret ?? {};
    expect(digits.length).toBeGreaterThan(6);
    const spelled = new RegExp([...digits].join('\\W{0,3}'));
    expect(logged.filter((line) => line.includes(callId)).length).toBeGreaterThan(3);
    expect(logged.filter((line) => spelled.test(line))).toEqual([]);
    const traced = () => callTrace(traces.spans, callId).text;
    await expect.poll(traced, { timeout: 60_000, interval: 500 }).toContain('sensitive');
    expect(traced()).not.toMatch(spelled);
  });

  it('go on where traces are switched off again', async () => {
    const workflowId = (await results.get('demo-cs')?.promise)?.report?.workflowId ?? '';
    const platformKeys = [await platformKey(createFileKeyProvider(stack.config.KEY_FILE))] as const;
    const history = await tools.client.workflow.getHandle(workflowId).fetchHistory();
    installRuntime(testLog);
    const replay = { workflowBundle: await bundleWorkflows(), dataConverter: createDataConverter(platformKeys) };
    await expect(Worker.runReplayHistory(replay, history, workflowId)).resolves.toBeUndefined();
  });
});

/** What the table of `docs/operations.md` says that a process has. */
function documentedMetrics(process: string): Set<string> {
  const table = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
  const rows = [...table.matchAll(/^\| (`switchboard_[^|]+) \| ([^|]+) \|/gm)];
  const own = rows.filter(([, , whose = '']) => whose === 'all' || whose.split(', ').includes(process));
  return new Set(own.flatMap(([, names = '']) => names.match(/switchboard_[a-z_]+/g) ?? []));
}
