import { expect, it } from 'vitest';
import type { FlowDocument } from '../document.ts';
import { diffFlows } from './diff-flows.ts';
import { diffWords } from './diff-words.ts';

const before: FlowDocument = {
  schemaVersion: 1,
  name: 'Shop',
  languages: ['cs-CZ'],
  voiceId: 'v',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'hello' } },
    hello: { type: 'say', text: { 'cs-CZ': 'Dobrý den.' }, edges: { next: 'ask' } },
    ask: {
      type: 'split',
      branches: [
        { outcome: 'a', weight: 1 },
        { outcome: 'b', weight: 1 },
      ],
      edges: { a: 'bye', b: 'bye' },
    },
    old: { type: 'wait', durationS: 1, edges: { next: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.' },
  },
};
const after: FlowDocument = {
  ...before,
  languages: ['cs-CZ', 'en-US'],
  nodes: {
    start: { type: 'start', edges: { next: 'hello' } },
    hello: { type: 'say', text: { 'cs-CZ': 'Hezký den.' }, edges: { next: 'ask' } },
    ask: {
      type: 'split',
      branches: [
        { outcome: 'b', weight: 1 },
        { outcome: 'a', weight: 1 },
      ],
      edges: { a: 'end' },
    },
    mail: { type: 'voicemail', prompt: 'Vzkaz?', maxLengthS: 60, edges: {} },
    end: { type: 'hangup', lastWords: 'Na shledanou.' },
  },
  layout: { start: { x: 0, y: 0 } },
};

it('is a line for each change, in English and in Czech', () => {
  const diff = diffFlows(before, after);
  expect(diffWords(diff, 'en')).toEqual([
    '~ flow, languages: [cs-CZ] -> [cs-CZ, en-US]',
    '~ end: was called bye',
    '~ hello, text [cs-CZ]: "Dobrý den." -> "Hezký den."',
    '~ ask, branches, order: a, b -> b, a',
    '~ ask, outcome b: end -> nowhere',
    '- old: node is gone, wait',
    '+ mail: new node, voicemail',
    '1 node stands elsewhere on the canvas',
  ]);
  expect(diffWords(diff, 'cs')).toEqual([
    '~ scénář, languages: [cs-CZ] -> [cs-CZ, en-US]',
    '~ end: dříve se jmenoval bye',
    '~ hello, text [cs-CZ]: "Dobrý den." -> "Hezký den."',
    '~ ask, branches, pořadí: a, b -> b, a',
    '~ ask, výsledek b: end -> nikam',
    '- old: uzel zmizel, wait',
    '+ mail: nový uzel, voicemail',
    'jinde na plátně: 1',
  ]);
});

it('says that there is no difference, and cuts what is long', () => {
  expect(diffWords(diffFlows(before, before), 'en')).toEqual(['no difference']);
  expect(diffWords(diffFlows(before, before), 'cs')).toEqual(['žádný rozdíl']);
  const [line = ''] = diffWords(diffFlows(before, { ...before, description: 'x'.repeat(2000) }), 'en');
  expect(line).toMatch(/^~ flow, description: nothing -> "x+…$/);
  expect(line.length).toBeLessThan(200);
});
