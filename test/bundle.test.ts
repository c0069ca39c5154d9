import { describe, expect, it } from 'vitest';
import { workflowNames } from '../contracts/messages.ts';
import { bundleWorkflows } from '../temporal/workers.ts';
import * as workflows from '../workflows/index.ts';

describe('the workflow bundle', () => {
  it('exports what clients start by name, and nothing else', () => {
    expect(Object.keys(workflows).toSorted()).toEqual(Object.values(workflowNames).toSorted());
  });

  it('builds without modules that the sandbox lacks, and without schemas and parsers, which cost every start', async () => {
    const { code } = await bundleWorkflows();
    for (const name of Object.values(workflowNames)) expect(code).toContain(name);
    expect(code).not.toMatch(/node_modules\/(typebox|liquidjs|pino|undici|pg)\//);
  });
});
