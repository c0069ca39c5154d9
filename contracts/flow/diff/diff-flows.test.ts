import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import { stringifyFlow } from '../canonical-json.ts';
import type { FlowDocument } from '../document.ts';
import { flows } from '../testing/random-flow.ts';
import type { FlowDiff } from './change.ts';
import { diffFlows } from './diff-flows.ts';
import { applied } from './testing/apply-diff.ts';

const base: FlowDocument = {
  schemaVersion: 1,
  name: 'Shop',
  languages: ['cs-CZ', 'en-US'],
  voiceId: 'v',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'menu' } },
    menu: {
      type: 'menu',
      prompt: { 'cs-CZ': 'Stiskněte 1.', 'en-US': 'Press 1.' },
      options: [
        { outcome: 'order', digit: '1' },
        { outcome: 'person', digit: '2' },
      ],
      timeoutMs: 5000,
      tries: 2,
      edges: { order: 'bye', person: 'bye', noInput: 'bye', noMatch: 'bye' },
    },
    bye: { type: 'hangup', lastWords: 'Bye' },
  },
  layout: { start: { x: 0, y: 0 }, menu: { x: 1, y: 1 } },
};
/** The base with something done to a copy of it. */
function changed(change: (flow: { nodes: Record<string, Record<string, unknown>> } & Record<string, unknown>) => void) {
  const copy = JSON.parse(JSON.stringify(base));
  change(copy);
  return diffFlows(base, copy);
}

describe('the difference of two flows', () => {
  it('tells nodes that came and went, with what they say', () => {
    const diff = changed((flow) => {
      delete flow.nodes['bye'];
      flow.nodes['end'] = { type: 'hangup', lastWords: 'Good night' };
    });
    expect(diff.changes).toEqual([
      { type: 'nodeRemoved', nodeId: 'bye', node: base.nodes['bye'] },
      { type: 'nodeAdded', nodeId: 'end', node: { type: 'hangup', lastWords: 'Good night' } },
    ]);
  });

  it('tells a node under a new name once, and not each edge that leads there', () => {
    const diff = changed((flow) => {
      flow.nodes['end'] = { ...flow.nodes['bye'] };
      delete flow.nodes['bye'];
      const menu = flow.nodes['menu'] ?? {};
      menu['edges'] = { order: 'end', person: 'end', noInput: 'end', noMatch: 'menu' };
    });
    expect(diff.changes).toEqual([
      { type: 'nodeRenamed', nodeId: 'end', before: 'bye' },
      { type: 'edge', nodeId: 'menu', outcome: 'noMatch', before: 'end', after: 'menu' },
    ]);
  });

  it('does not guess which of two like nodes was renamed', () => {
    const twin = { type: 'hangup', lastWords: 'Bye' } as const;
    const before: FlowDocument = { ...base, nodes: { ...base.nodes, twin } };
    const { bye: _bye, ...others } = base.nodes;
    const after: FlowDocument = { ...base, nodes: { ...others, end: twin } };
    expect(diffFlows(before, after).changes.map(({ type }) => type)).toEqual([
      'nodeRemoved',
      'nodeRemoved',
      'nodeAdded',
    ]);
  });

  it('tells a node that has become another kind', () => {
    const after = { type: 'say', text: 'Bye', edges: {} };
    const diff = changed((flow) => (flow.nodes['bye'] = after));
    expect(diff.changes).toEqual([{ type: 'typeChanged', nodeId: 'bye', before: base.nodes['bye'], after }]);
  });

  it('tells texts by their language, and fields by their place', () => {
    const diff = changed((flow) => {
      const menu = flow.nodes['menu'] ?? {};
      menu['prompt'] = { 'cs-CZ': 'Zmáčkněte 1.', 'en-US': 'Press 1.' };
      menu['timeoutMs'] = 6000;
      flow['name'] = 'Store';
    });
    expect(diff.changes).toEqual([
      { type: 'field', path: ['name'], before: 'Shop', after: 'Store' },
      {
        type: 'field',
        nodeId: 'menu',
        path: ['prompt', 'cs-CZ'],
        language: 'cs-CZ',
        before: 'Stiskněte 1.',
        after: 'Zmáčkněte 1.',
      },
      { type: 'field', nodeId: 'menu', path: ['timeoutMs'], before: 5000, after: 6000 },
    ]);
  });

  it('knows items by their names, and tells when only their order changed', () => {
    const options = (list: object[]) => changed((flow) => void ((flow.nodes['menu'] ?? {})['options'] = list)).changes;
    const [order, person] = [
      { outcome: 'order', digit: '1' },
      { outcome: 'person', digit: '2' },
    ];
    expect(options([person, order])).toEqual([
      { type: 'order', nodeId: 'menu', path: ['options'], before: ['order', 'person'], after: ['person', 'order'] },
    ]);
    expect(options([order, { ...person, digit: '0' }])).toEqual([
      { type: 'field', nodeId: 'menu', path: ['options', 'person', 'digit'], before: '2', after: '0' },
    ]);
    expect(options([order])).toEqual([{ type: 'field', nodeId: 'menu', path: ['options', 'person'], before: person }]);
  });

  it('keeps apart what only stands elsewhere', () => {
    const diff = changed((flow) => (flow['layout'] = { start: { x: 0, y: 0 }, menu: { x: 9, y: 9 } }));
    const moved = [{ nodeId: 'menu', before: { x: 1, y: 1 }, after: { x: 9, y: 9 } }];
    expect(diff).toEqual({ changes: [], moved });
  });
});

const isNothing = ({ changes, moved }: FlowDiff): boolean => changes.length === 0 && moved.length === 0;

describe('whatever the flows are', () => {
  /** A flow and what an editor may make of it. */
  const edited = fc
    .tuple(flows, flows, fc.array(fc.tuple(fc.nat(), fc.nat(3)), { maxLength: 6 }))
    .map(([flow, other, edits]): [FlowDocument, FlowDocument] => {
      const nodes = { ...flow.nodes };
      const others = Object.values(other.nodes);
      for (const [pick, kind] of edits) {
        const id = Object.keys(nodes)[pick % Object.keys(nodes).length] ?? 'start';
        const replacement = others[pick % others.length];
        const node = nodes[id];
        if (kind === 0) delete nodes[id];
        if (kind === 1 && replacement) nodes[id] = replacement;
        if (kind === 2 && node) nodes[`renamed-${pick}`] = node;
        if (kind >= 2) delete nodes[id];
      }
      return [flow, { ...flow, name: other.name, nodes, layout: { start: { x: edits.length, y: 0 } } }];
    });

  it('a flow does not differ from itself, in whatever order its keys come', () => {
    fc.assert(
      fc.property(flows, (flow) => {
        const turned: FlowDocument = JSON.parse(JSON.stringify(reversed(JSON.parse(JSON.stringify(flow)))));
        expect(isNothing(diffFlows(flow, turned))).toBe(true);
      }),
    );
  });

  it('what is told, done to the first, makes the second; and nothing is told of equal ones alone', () => {
    fc.assert(
      fc.property(fc.oneof(edited, fc.tuple(flows, flows)), ([before, after]) => {
        const diff = diffFlows(before, after);
        expect(stringifyFlow(applied(before, diff))).toBe(stringifyFlow(after));
        expect(isNothing(diff)).toBe(stringifyFlow(before) === stringifyFlow(after));
      }),
      { numRuns: 500 },
    );
  });
});

function reversed(value: Json): Json {
  if (!isObject(value)) return Array.isArray(value) ? value.map(reversed) : value;
  const entries = Object.entries<Json>(value).toReversed();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)])) satisfies JsonObject;
}
