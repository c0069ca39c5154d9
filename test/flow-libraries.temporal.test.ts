import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { parseTemplate } from '../contracts/flow/template/parse-template.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import { type FlowQuestions, flowAnswers } from './flow-libraries-workflow.ts';
import { testLog } from './test-keys.ts';

const hourMs = 3_600_000;
const templates = [
  '{{ call.startedAt | date: "datetime" }}, {{ caller.number | phone }}, {{ vars.price | currency: "CZK" }}',
  '{{ vars.price | number }}{% if vars.price > 1000 and contact.name != blank %}!{% endif %} {{ contact.name }}',
].map((source) => {
  const parsed = parseTemplate(source);
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message.en);
  return parsed.template;
});
const questions: FlowQuestions = {
  calendar: {
    timeZone: 'Europe/Prague',
    weekly: [{ days: ['sat', 'sun'], from: '02:30', to: '18:00' }],
    exceptions: [{ name: 'eve', from: '2026-12-24', hours: 'closed' }],
  },
  // Every hour around both moves of the clock.
  times: ['2026-03-27', '2026-10-24', '2026-12-23'].flatMap((date) =>
    Array.from({ length: 60 }, (_, hour) => Date.parse(date) + hour * hourMs),
  ),
  conditions: [
    {
      all: [
        { variable: 'caller.number', operator: 'inPrefix', value: ['CZ'] },
        { variable: 'caller.number', operator: 'matches', value: '^\\+420\\d{9}$' },
      ],
    },
    { variable: 'call.startedAt', operator: 'after', value: '2026-12-24T00:00:00+01:00' },
  ],
  templates,
  languages: ['cs-CZ', 'en-US', 'de-DE'],
  values: { call: { startedAt: '2026-12-24T09:30:00Z' }, caller: { number: '+420777123456' }, vars: { price: 1234.5 } },
};

it('answers in the sandbox of a workflow what it answers outside, and again at a replay', async () => {
  installRuntime(testLog);
  const { code } = await bundleWorkflows({
    workflowsPath: fileURLToPath(new URL('flow-libraries-workflow.ts', import.meta.url)),
  });
  expect(code).not.toMatch(/node_modules\/(liquidjs|typebox)\//);

  const address = inject('temporalAddress');
  const taskQueue = randomUUID();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: { code } });
  const history = await worker.runUntil(async () => {
    const handle = await new Client({ connection }).workflow.start('flowLibrariesWorkflow', {
      taskQueue,
      workflowId: taskQueue,
      args: [questions],
    });
    expect(await handle.result()).toEqual(flowAnswers(questions));
    return handle.fetchHistory();
  });
  await Worker.runReplayHistory({ workflowBundle: { code } }, history);
  await Promise.all([native.close(), connection.close()]);
}, 30_000);
