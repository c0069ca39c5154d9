import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, matchesPattern, maxMatchedLength } from './pattern.ts';

function matches(source: string, text: string): boolean {
  const compiled = compilePattern(source);
  if ('problem' in compiled) throw new Error(compiled.problem.en);
  return matchesPattern(compiled.pattern, text);
}

describe('matchesPattern', () => {
  it.each<[pattern: string, text: string, matches: boolean]>([
    ['^\\d{4}$', '4711', true],
    ['^\\d{4}$', '47110', false],
    ['^(CZ|SK)\\d+$', 'SK12', true],
    ['^(CZ|SK)\\d+$', 'PL12', false],
    ['novák', 'pan novák volá', true],
    ['^[a-zá-ž]+$', 'žluťoučký', true],
    ['a{2,3}b', 'aab', true],
    ['^a{2,3}b', 'aaaab', false],
    ['^(ab)*$', '', true],
    ['^(ab)*$', 'abab', true],
    ['^(ab)*$', 'aba', false],
    ['x|', 'y', true],
    ['^(?:a|b)+?c$', 'ababc', true],
    ['^[^\\d-]+$', 'ab-', false],
    ['^[\\D]$', 'x', true],
    ['^[\\D]$', '7', false],
    ['[-x]', '-', true],
    ['^\\+420 ?\\d+$', '+420 777', true],
    ['^.$', '😀', true],
    ['^.$', '\n', false],
    ['^(a*)*$', 'aaaa', true],
    ['a$|^b', 'cba', true],
  ])('%s on "%s": %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  it('looks at the beginning of a long text alone', () => {
    expect(matches('x$', 'x'.repeat(maxMatchedLength) + 'y')).toBe(true);
  });

  it('follows all ways at once where a backtracking engine takes for ever', () => {
    expect(matches('^(a|a)*(a+)+$', 'a'.repeat(255) + 'b')).toBe(false);
    expect(matches('^.*.*.*.*.*.*x$', 'a'.repeat(256))).toBe(false);
  });
});

describe('compilePattern', () => {
  it.each([
    '(',
    ')',
    '[a',
    'a{3,2}',
    'a{x}',
    '*a',
    'a**',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    '\\b',
    '\\p{L}',
    '\\',
    '[z-a]',
    '[\\d-z]',
    'a{101}',
    '(((a{100}){100}))',
    '^*',
    '('.repeat(20) + ')'.repeat(20),
  ])('refuses %s and says why in both languages', (source) => {
    const compiled = compilePattern(source);
    expect(compiled).toEqual({ problem: { en: expect.stringMatching(/\w/), cs: expect.stringMatching(/\w/) } });
    expect(compiled).not.toMatchObject({ problem: { cs: 'problem' in compiled && compiled.problem.en } });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string(), (source, text) => {
        const compiled = compilePattern(source);
        expect([true, false]).toContain('problem' in compiled || matchesPattern(compiled.pattern, text));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the engine of JavaScript on every pattern of its subset', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '1', '^', '$');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, two]) => one + two),
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, two]) => `(${one}|${two})`),
        fc.tuple(tie('pattern'), fc.constantFrom('?', '{1,2}', '{2}')).map(([one, times]) => `(${one})${times}`),
        fc.tuple(fc.constantFrom('a', 'b', '[ab]', '.'), fc.constantFrom('*', '+')).map(([one, times]) => one + times),
      ),
    }));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 10 }), (source, text) => {
        expect(matches(source, text)).toBe(new RegExp(source, 'u').test(text));
      }),
      { numRuns: 1000 },
    );
  });
});
