import { describe, expect, it } from 'vitest';
import type { Json } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import { orderContext, orderFlow, say, withNodes } from '../testing/order-flow.ts';
import { validate } from '../validate.ts';
import type { PatchOperation } from './problem.ts';

describe('proposed fixes', () => {
  it.each<[string, object]>([
    ['an outcome that is none', withNodes({ welcome: { ...say('x'), edges: { next: 'order', nxt: 'bye' } } })],
    ['an island', withNodes({ island: say('x') }, { layout: { island: { x: 1, y: 2 } } })],
    [
      'a misspelt variable',
      withNodes({
        repeat: say({ 'cs-CZ': '{{ vars.oder | digits }}', 'en-US': '{{vars.oder}} {{ vars.order }}' }, 'helper'),
      }),
    ],
    ['a text without language', withNodes({ welcome: say({ 'cs-CZ': 'a', 'en-US': 'b', 'de-DE': 'c' }) })],
    ['another start', { ...orderFlow, start: 'welcome' }],
    [
      'copies of what is sensitive',
      withNodes({
        welcome: {
          type: 'set',
          assignments: [
            { variable: 'mine', value: 'PIN {{ caller.number }}' },
            { variable: 'order', value: '{{ caller.number }}' },
            { variable: 'count', value: 1 },
          ],
          edges: { next: 'order' },
        },
      }),
    ],
  ])('of %s mends it', (_, document) => {
    const before = validate(document, orderContext);
    const fixes = before.flatMap(({ fix = [] }) => fix);
    expect(fixes.length).toBeGreaterThan(0);
    expect(validate(patched(document, fixes), orderContext)).toEqual([]);
  });
});

/** Applies a patch as RFC 6902 says, for the operations that fixes use. */
function patched(document: object, operations: readonly PatchOperation[]): Json {
  const copy: Json = JSON.parse(JSON.stringify(document));
  for (const operation of operations) {
    const steps = operation.path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() ?? '';
    const parent = steps.reduce<Json | undefined>((each, step) => (isObject(each) ? each[step] : undefined), copy);
    if (!isObject(parent) || (operation.op !== 'add' && !Object.hasOwn(parent, last)))
      throw new Error(`no ${operation.path}`);
    if (operation.op === 'remove') Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, operation.value);
  }
  return copy;
}
