import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compileFlow } from '../../contracts/flow/compile.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { flowOf } from '../../contracts/flow/testing/play.ts';
import { recordedCall } from '../../contracts/flow/testing/recorded-call.ts';
import { withStandIns } from '../../contracts/flow/scenario/stand-ins.ts';
import type { CallLedger } from '../../db/call-ledgers.ts';
import { type CallSources, scenarioFromCall } from './from-call.ts';

const inner: FlowDocument = {
  ...flowOf({ type: 'hangup' }),
  variables: { found: { type: 'json' } },
  nodes: {
    start: { type: 'start', edges: { next: 'crm' } },
    crm: { type: 'http', toolId: 'crm', result: 'found', edges: { ok: 'back', failed: 'back', timeout: 'back' } },
    back: { type: 'return', name: 'back' },
  },
};
const outer = flowOf(
  { type: 'subflow', flowId: 'inner', outputs: { found: 'found' }, edges: { back: 'x' } },
  { variables: { found: { type: 'json' } } },
);
const references = withStandIns(outer, { flows: { inner: { liveVersion: 2, versions: { 2: inner } } } });
const { decisions } = recordedCall(outer, [{ type: 'toolAnswered', status: 'ok', data: { name: 'Jana' } }], {
  references,
});
const ledger: CallLedger = {
  tenantId: 'acme',
  callId: 'CA1',
  direction: 'inbound',
  from: '+420777123456',
  to: '+420222000111',
  language: 'cs-CZ',
  flowId: 'shop',
  flowVersion: 3,
  endReason: 'done',
  decisions,
  flow: compileFlow(outer, references),
};

function sources(stored: CallLedger | undefined = ledger): CallSources {
  const documents: Readonly<Record<string, FlowDocument>> = { 'shop@3': outer, 'inner@2': inner };
  return {
    tenantOf: async () => stored?.tenantId,
    ledgers: {
      readLedger: async () => stored,
      readVersion: async (_tenantId, flowId, version) => {
        const document = documents[`${flowId}@${version}`];
        return document && { document };
      },
    },
  };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'recorded-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

it('writes a scenario that holds, its flow and what that refers to, and a second one beside them', async () => {
  const path = await folder();
  await scenarioFromCall(sources(), { callId: 'CA1', out: join(path, 'one.scenario.json') });
  await scenarioFromCall(sources(), { callId: 'CA1', out: join(path, 'two.scenario.json') });
  expect((await readdir(path)).toSorted()).toEqual([
    'one.scenario.json',
    'shop-v3.flow.json',
    'shop-v3.references.json',
    'two.scenario.json',
  ]);
  const written = await readFile(join(path, 'one.scenario.json'), 'utf8');
  expect(JSON.parse(written)).toMatchObject({
    flow: 'shop-v3.flow.json',
    expect: {
      path: [
        'start: next',
        'it: back',
        'inner@2/start: next',
        'inner@2/crm: ok',
        'inner@2/back: back',
        'end-back: back',
      ],
    },
  });
  expect(written).not.toMatch(/Jana|777123456|222000111/);
});

it('prints it where it is not said where to', async () => {
  const [text = ''] = await scenarioFromCall(sources(), { callId: 'CA1' });
  expect(JSON.parse(text)).toMatchObject({ scenarioVersion: 1, answers: { tools: { crm: [{ status: 'ok' }] } } });
});

it('leaves another flow of that name alone', async () => {
  const path = await folder();
  await writeFile(join(path, 'shop-v3.flow.json'), '{}');
  await expect(scenarioFromCall(sources(), { callId: 'CA1', out: join(path, 'a.scenario.json') })).rejects.toThrow(
    'shop-v3.flow.json is there already and is another',
  );
});

it.each<[string, CallLedger | undefined, string]>([
  ['is not there', undefined, 'there is no call CA1'],
  ['goes on', { ...ledger, endReason: undefined }, 'call CA1 is not over yet'],
  ['ran without its workflow', { ...ledger, flowId: undefined }, 'it ran without its workflow'],
  ['never came to its flow', { ...ledger, decisions: [] }, 'the call has no ledger'],
  [
    'met a version that was not compiled',
    { ...ledger, flow: undefined },
    'version 3 of flow shop is older than compiling',
  ],
])('a call that %s is none', async (_name, stored, message) => {
  const missing = stored ?? null;
  const of = missing === null ? { ...sources(), tenantOf: async () => undefined } : sources(missing);
  await expect(scenarioFromCall(of, { callId: 'CA1' })).rejects.toThrow(message);
});
