import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { expect, it, onTestFinished } from 'vitest';
import { compileFlow } from '../../contracts/flow/compile.ts';
import { nodeSpecs } from '../../contracts/flow/catalogue.ts';
import { FlowDocumentSchema } from '../../contracts/flow/document.ts';
import { validate } from '../../contracts/flow/validate.ts';
import { exampleFlow } from './example-flow.ts';
import { flowDocs, staleFlowDocs, writeFlowDocs } from './flow-docs.ts';

it('explains every parameter of every node', () => {
  for (const { type, schema, help } of nodeSpecs) {
    const parameters = Object.keys(schema.properties).filter((name) => name !== 'type' && name !== 'edges');
    expect([type, ...Object.keys(help)]).toEqual([type, ...parameters]);
  }
});

it('shows a flow that can be published', () => {
  const hours = 'closed' as const;
  const references = {
    assistants: { orders: { outcomes: [] } },
    calendars: {
      shop: {
        timeZone: 'Europe/Prague',
        weekly: [{ days: ['mon' as const], from: '08:00', to: '18:00' }],
        holidays: [{ name: 'holiday', from: '2026-12-24', hours }],
      },
    },
  };
  expect(Value.Check(FlowDocumentSchema, exampleFlow)).toBe(true);
  expect(validate(exampleFlow, { ...references, nowMs: Date.UTC(2026, 10, 27) })).toEqual([]);
  expect(compileFlow(exampleFlow, references).name).toBe('Flower shop');
});

it('knows what is out of date', async () => {
  const root = await mkdtemp(join(tmpdir(), 'flow-docs-'));
  onTestFinished(() => rm(root, { recursive: true }));
  expect(await staleFlowDocs(root)).toEqual(Object.keys(flowDocs()));
  await writeFlowDocs(root);
  expect(await staleFlowDocs(root)).toEqual([]);
  await writeFile(join(root, 'docs/flow.md'), 'edited by hand');
  expect(await staleFlowDocs(root)).toEqual(['docs/flow.md']);
});
