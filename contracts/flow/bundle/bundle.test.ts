import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../tools.ts';
import type { FlowDocument, FlowNode } from '../document.ts';
import { flowOf } from '../testing/play.ts';
import { readBundle, stringifyBundle } from './bundle.ts';
import { makeBundle } from './make-bundle.ts';
import { mapReferences, readReferenceMap } from './map-references.ts';
import { planImport } from './plan-import.ts';

const tool: ToolDefinition = {
  toolId: 'crm',
  name: 'crm',
  description: '',
  type: 'http',
  endpoint: 'https://crm.test/who?api_key=0123456789',
  method: 'POST',
  headers: {},
  body: { auth: 'token=0123456789', phone: '{{args.phone}}' },
  timeoutMs: 2000,
  idempotent: true,
  maxResponseBytes: 1000,
};
const http: FlowNode = {
  type: 'http',
  toolId: 'crm',
  arguments: { toolId: 'crm' },
  edges: { ok: 'x', failed: 'x', timeout: 'x' },
};
const source = (flow: FlowDocument, scenarios = {}) => ({
  flowId: 'shop',
  flow,
  scenarios,
  context: { assistants: {}, tools: { crm: tool, other: tool }, nowMs: 0 },
  webhooks: { slack: { url: 'https://hooks.slack.com/services/T0/B0/x', hasSecret: false } },
});
const notify: FlowNode = { type: 'notify', to: { webhookId: 'slack' }, text: 'x', edges: { next: 'x' } };

describe('an exported flow', () => {
  it('holds what the flow refers to and nothing else', () => {
    expect(Object.keys(makeBundle(source(flowOf(http))).references?.tools ?? {})).toEqual(['crm']);
    expect(makeBundle(source(flowOf({ type: 'hangup' })))).not.toHaveProperty('references');
  });

  it("says which tools an assistant has, for a node's own to be held against", () => {
    const exported = source(flowOf({ type: 'assistant', assistantId: 'sales', edges: { ended: 'x' } }));
    const context = { ...exported.context, assistants: { sales: { outcomes: [], tools: [{ name: 'find_order' }] } } };
    expect(makeBundle({ ...exported, context }).references?.assistants).toEqual({
      sales: { outcomes: [], tools: [{ name: 'find_order' }] },
    });
  });

  it('leaves out addresses and bodies that hold a secret, and says so', () => {
    const bundle = makeBundle(source(flowOf(http)));
    expect(stringifyBundle(bundle)).not.toContain('0123456789');
    expect(bundle.leftOut).toEqual(['tools.crm.endpoint', 'tools.crm.body']);
    expect(makeBundle(source(flowOf(notify)))).toMatchObject({
      leftOut: ['webhooks.slack.url'],
      references: { webhooks: { slack: {} } },
    });
  });

  it('is refused where the flow or a scenario holds a secret itself', () => {
    const says = flowOf({ type: 'say', text: 'password: hunter2hunter2', edges: { next: 'x' } });
    expect(() => makeBundle(source(says))).toThrow('the flow holds at /nodes/it/text what looks like a secret');
    const scenarios = { one: { caller: { contact: { key: 'sk-abcdefghijklmnopqrstuvwx' } } } };
    expect(() => makeBundle(source(flowOf(http), scenarios))).toThrow('the scenario one holds at /caller/contact/key');
  });

  it.each([
    [{}, /the whole: .*bundleVersion/],
    [{ bundleVersion: 1, flowId: 'shop', flow: flowOf({ type: 'hangup' }), other: 1 }, /there is no field other/],
    [
      { bundleVersion: 1, flowId: 'shop', flow: { ...flowOf({ type: 'hangup' }), nodes: { x: { type: 'nope' } } } },
      /\/flow\/nodes\/x/,
    ],
    [
      { bundleVersion: 1, flowId: 'shop', flow: flowOf({ type: 'hangup' }), scenarios: { one: {} } },
      /\/scenarios\/one: this is no scenario/,
    ],
  ])('is read with everything that is wrong with it', (json, message) => {
    expect(() => readBundle(json)).toThrow(message);
  });
});

describe('an import', () => {
  it('asks for what was left out, by its place', () => {
    const bundle = makeBundle(source(flowOf(http)));
    const nothing = { assistants: {}, nowMs: 0 };
    expect(planImport(bundle, nothing, {}).missing).toEqual([
      {
        kind: 'tools',
        id: 'crm',
        needs: 'give its endpoint, its body with the secrets, or map it to one that is here',
      },
    ]);
    const given = { tools: { crm: { endpoint: 'https://crm.test', body: {} } } };
    expect(planImport(bundle, nothing, given)).toMatchObject({
      missing: [],
      create: { tools: [{ toolId: 'crm', endpoint: 'https://crm.test', body: {} }] },
    });
  });

  it('leaves alone what is there', () => {
    const { context, ...rest } = source(flowOf(http));
    const { create, missing } = planImport(makeBundle({ ...rest, context }), context, {});
    expect([create.tools, missing]).toEqual([[], []]);
  });

  it('maps what refers to something, and no value that is only handed on', () => {
    const bundle = makeBundle(source(flowOf(http)));
    const mapped = mapReferences(bundle, readReferenceMap(['tool:crm=kartoteka']));
    expect(mapped.flow.nodes['it']).toMatchObject({ toolId: 'kartoteka', arguments: { toolId: 'crm' } });
    expect(mapped.leftOut).toEqual(['tools.kartoteka.endpoint', 'tools.kartoteka.body']);
    expect(mapped.references?.tools).toMatchObject({ kartoteka: { toolId: 'kartoteka' } });
  });

  it.each(['sales=prodej', 'assistent:sales=prodej', 'tool:crm=', 'tool:=x'])(
    'does not take "%s" for a mapping',
    (entry) => {
      expect(() => readReferenceMap([entry])).toThrow(/no mapping such as assistant:sales=prodej/);
    },
  );
});
