import { describe, expect, it } from 'vitest';
import { orderContext, withNodes } from '../../testing/order-flow.ts';
import { validate } from '../../validate.ts';
import type { ProblemCode } from '../problem.ts';

describe('menus', () => {
  const menu = (options: object[], edges: object = { noInput: 'bye', noMatch: 'bye' }) =>
    withNodes({
      welcome: {
        type: 'menu',
        prompt: 'Volba?',
        options,
        timeoutMs: 5000,
        tries: 2,
        edges: { a: 'order', b: 'order', ...edges },
      },
    });

  it.each<[what: string, document: object, problems: [code: ProblemCode, at: string][]]>([
    [
      'two keys',
      menu([
        { outcome: 'a', digit: '1' },
        { outcome: 'b', digit: '2' },
      ]),
      [],
    ],
    [
      'one key twice',
      menu([
        { outcome: 'a', digit: '1' },
        { outcome: 'b', digit: '1' },
      ]),
      [['overlapping-digits', '/nodes/welcome/options/1']],
    ],
    ['neither key nor words', menu([{ outcome: 'a' }, { outcome: 'b', digit: '1' }]), [['bad-node', '/nodes/welcome']]],
    [
      'no way for silence',
      menu(
        [
          { outcome: 'a', digit: '1' },
          { outcome: 'b', digit: '2' },
        ],
        { noMatch: 'bye' },
      ),
      [['menu-without-silence-way', '/nodes/welcome/edges']],
    ],
    [
      'no way for wrong input',
      menu(
        [
          { outcome: 'a', digit: '1' },
          { outcome: 'b', digit: '2' },
        ],
        { noInput: 'bye' },
      ),
      [['menu-without-wrong-input-way', '/nodes/welcome/edges']],
    ],
  ])('%s', (_, document, problems) =>
    expect(validate(document, orderContext).map(({ code, at }) => [code, at])).toEqual(problems),
  );
});
