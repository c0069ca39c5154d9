import { expect, it } from 'vitest';
import { flowOf } from '../testing/play.ts';
import { shapeProblems } from './shape.ts';

const say = { type: 'say', text: 'Hello', edges: { next: 'x' } };
const found = (node: object, more: object = {}) =>
  shapeProblems({ ...flowOf({ type: 'hangup' }), ...more, nodes: { it: node } }).map(({ at, message }) => [
    at,
    message.en,
  ]);

it.each<[node: object, at: string, message: string]>([
  [{ ...say, txt: 'x' }, '/nodes/it', 'there is no field txt; did you mean text?'],
  [{ type: 'say', edges: {} }, '/nodes/it', 'it lacks text'],
  [{ ...say, text: '' }, '/nodes/it/text', 'it is empty'],
  [{ ...say, edges: { next: ['x'] } }, '/nodes/it/edges/next', 'must be a text'],
  [
    { ...say, edges: { next: 'Main menu' } },
    '/nodes/it/edges/next',
    'must be small letters, digits and hyphens, such as main-menu',
  ],
  [{ type: 'wait', durationS: '10', edges: {} }, '/nodes/it/durationS', 'must be a whole number'],
  [{ type: 'set', assignments: [], edges: {} }, '/nodes/it/assignments', 'it has fewer than 1 entries'],
  [{ type: 'transfer', to: '+420222999888', ringTimeoutS: 20, edges: {} }, '/nodes/it/to', 'must be an object'],
  [
    { type: 'transfer', to: { sipUri: 'sip:a@b' }, ringTimeoutS: 1, edges: {} },
    '/nodes/it/ringTimeoutS',
    'must be at least 5',
  ],
  [{ type: 'recording', action: 'begin', edges: {} }, '/nodes/it/action', 'must be start or pause or resume or stop'],
])('%j', (node, at, message) => expect(found(node)).toEqual([[at, message]]));

it('of alternatives it is said what either lacks, and of the frame what is meant', () => {
  expect(found({ type: 'notify', to: {}, text: 'x', edges: {} })).toEqual([
    ['/nodes/it/to', 'it lacks webhookId or people'],
  ]);
  expect(found(say, { langauges: ['cs-CZ'] })).toEqual([['', 'there is no field langauges; did you mean languages?']]);
});

it('says of an id that is none which characters are allowed, and of the edge that leads there', () => {
  const flow = { ...flowOf({ type: 'hangup' }), nodes: { 'Main menu': { ...say, edges: { next: 'Main menu' } } } };
  expect(shapeProblems(flow).map(({ code, at, message }) => [code, at, message.en])).toEqual([
    [
      'bad-node-id',
      '/nodes/Main menu',
      '"Main menu" is no id of a node: 1 to 64 small letters, digits and hyphens, such as main-menu; it begins with a letter',
    ],
    ['wrong-shape', '/nodes/Main menu/edges/next', 'must be small letters, digits and hyphens, such as main-menu'],
  ]);
});

it('speaks Czech as well', () => {
  const [problem] = shapeProblems({ ...flowOf({ type: 'hangup' }), nodes: { it: { ...say, txt: 'x' } } });
  expect(problem?.message.cs).toBe('pole txt neexistuje; mysleli jste text?');
});
