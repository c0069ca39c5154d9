import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { installRuntime } from '../temporal/runtime.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import { scenes } from './recorded-calls.ts';
import { testDataConverter, testLog } from './test-keys.ts';

interface Recorded {
  events: [{ workflowExecutionStartedEventAttributes: { workflowId: string } }];
}

const folder = new URL('./histories/', import.meta.url);
const files = readdirSync(folder);
/** As `openTracing` gives it, which would switch traces on for this whole process. */
const tracedModules = [fileURLToPath(new URL('../workflows/trace-interceptors.ts', import.meta.url))];

beforeAll(() => installRuntime(testLog));

it('covers every scene', () => {
  expect(new Set(files.map((file) => file.split('.', 1)[0]))).toEqual(new Set(Object.keys(scenes)));
});

// Traces may be switched on while calls go on.
describe.each([
  { name: 'as they were', interceptorModules: [] },
  { name: 'with traces switched on', interceptorModules: tracedModules },
])('the recorded histories, $name', ({ name, interceptorModules }) => {
  let workflowBundle: { code: string };
  beforeAll(async () => {
    workflowBundle = await bundleWorkflows({ interceptorModules });
  });

  // With another workflow id every child whose id derives from its parent's would count as nondeterminism.
  it.each(files)('%s replays', async (file) => {
    const history: Recorded = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
    await expect(
      Worker.runReplayHistory(
        { workflowBundle, replayName: `${file}, ${name}`, dataConverter: testDataConverter },
        history,
        workflowId,
      ),
    ).resolves.toBeUndefined();
  });
});
