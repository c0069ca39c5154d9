import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';
import {
  isSensitive,
  knownSince,
  suggestPath,
  systemVariables,
  typeOf,
  valueAt,
  type Declarations,
} from './variables.ts';

const declared: Declarations = {
  'vars.order': { type: 'text' },
  'vars.answer': { type: 'json', sensitive: true },
  'contact.name': { type: 'text', default: 'customer' },
};

describe('typeOf', () => {
  it.each([
    ['caller.number', 'phone'],
    ['call.startedAt', 'time'],
    ['queue.position', 'number'],
    ['vars.order', 'text'],
    ['contact.name', 'text'],
    ['vars.answer', 'json'],
    ['vars.answer.items.0.price', 'json'],
    ['call.tags.0', 'json'],
  ])('knows %s as %s', (path, type) => expect(typeOf(path, declared)).toBe(type));

  it.each(['caller.numer', 'vars.x', 'vars', 'vars.order.length', 'contact.__proto__', 'toString', ''])(
    'does not know "%s"',
    (path) => expect(typeOf(path, declared)).toBeUndefined(),
  );
});

describe('the registry', () => {
  it('describes each variable once, in both languages', () => {
    expect(new Set(systemVariables.map(({ path }) => path)).size).toBe(systemVariables.length);
    for (const { path, description } of systemVariables) {
      expect(path).toMatch(/^(caller|call|queue)\.[a-zA-Z]+$/);
      expect(description.en).not.toBe('');
      expect(description.cs).not.toBe(description.en);
    }
  });

  it('says since when a variable is known', () => {
    expect(knownSince('caller.number', declared)).toBe('start');
    expect(knownSince('contact.name', declared)).toBe('contact');
    expect(knownSince('queue.waiting', declared)).toBe('queue');
    expect(knownSince('vars.answer.id', declared)).toBe('assignment');
    expect(knownSince('vars.nothing', declared)).toBeUndefined();
  });

  it('masks what is part of something sensitive', () => {
    expect(isSensitive('caller.number', declared)).toBe(true);
    expect(isSensitive('vars.answer.card', declared)).toBe(true);
    expect(isSensitive('vars.order', declared)).toBe(false);
  });
});

describe('suggestPath', () => {
  it.each([
    ['caler.number', 'caller.number'],
    ['vars.oredr', 'vars.order'],
    ['contact.Name', 'contact.name'],
    ['call.started', 'call.startedAt'],
    ['weather.tomorrow.noon', undefined],
  ])('for %s it is %s', (unknown, name) => expect(suggestPath(unknown, declared)).toBe(name));
});

describe('editDistance', () => {
  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('order', 'oredr')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is symmetric, zero for equals alone, and no longer than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('suggests nothing where there is nothing', () => expect(nearestName('x', [])).toBeUndefined());
});

describe('valueAt', () => {
  const root = { answer: { items: [{ price: 3 }], none: null }, text: 'abc' };
  it.each([
    ['answer.items.0.price', 3],
    ['answer.none', null],
    ['answer.items.1', undefined],
    ['answer.items.length', undefined],
    ['answer.constructor', undefined],
    ['text.0', undefined],
    ['', undefined],
  ])('%s is %s', (path, value) => expect(valueAt(root, path)).toBe(value));
});
