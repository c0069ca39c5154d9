import { expect, it } from 'vitest';
import { stringifyFlow } from './canonical-json.ts';
import type { FlowDocument } from './document.ts';
import { menuNode } from './nodes/menu.ts';
import { flowOf } from './testing/play.ts';
import { reversed } from './testing/reversed-keys.ts';
import { readFlowDocument } from './validate.ts';

const flow: FlowDocument = { ...flowOf(menuNode.example), layout: { it: { y: 2, x: 1 }, start: { x: 0, y: 0 } } };

it('is the same text whatever order the keys came in, and reads back as the same flow', () => {
  const text = stringifyFlow(flow);
  const imported = readFlowDocument(reversed(flow), { assistants: {}, nowMs: 0 });
  expect(stringifyFlow(imported)).toBe(text);
  expect(JSON.parse(text)).toEqual(flow);
});

it('reads from the top: what the flow is, its nodes with their type first, positions last', () => {
  const lines = stringifyFlow(flow).split('\n');
  expect(lines.slice(0, 3)).toEqual(['{', '  "schemaVersion": 1,', '  "name": "test",']);
  const at = lines.indexOf('    "it": {');
  expect(lines.slice(at + 1, at + 3)).toEqual(['      "type": "menu",', '      "prompt": {']);
  expect(lines.findIndex((line) => line.startsWith('  "layout"'))).toBeGreaterThan(at);
  expect(lines.slice(-2)).toEqual(['}', '']);
});
