import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAll, parsePlain, parseTemplate } from './parse-template.ts';
import { renderTemplate } from './render.ts';
import { maxSourceLength, variablesOf, type Template } from './template.ts';

function parsed(source: string): Template {
  const result = parseTemplate(source);
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message.en).join('; '));
  return result.template;
}
const problemsOf = (source: string) => {
  const result = parseTemplate(source);
  return 'problems' in result ? result.problems : [];
};

describe('parseTemplate', () => {
  it('makes a small tree of JSON', () => {
    const template = parsed('Hi {{ contact.name | default: "you" }}{% if vars.n > 1 and vars.b %}!{% endif %}');
    expect(template).toEqual([
      'Hi ',
      { output: { of: { path: 'contact.name' }, filters: [{ name: 'default', arguments: [{ value: 'you' }] }] } },
      {
        branches: [
          {
            when: {
              operator: 'and',
              left: { operator: '>', left: { path: 'vars.n' }, right: { value: 1 } },
              right: { path: 'vars.b' },
            },
            show: ['!'],
          },
        ],
      },
    ]);
    expect(JSON.parse(JSON.stringify(template))).toEqual(template);
  });

  it('keeps text as it stands, and comments out', () => {
    expect(parsed('Dobrý den!\n')).toEqual(['Dobrý den!\n']);
    expect(parsed('a{% comment %}x{% endcomment %}b{% # y %}')).toEqual(['ab']);
    expect(parsed('')).toEqual([]);
    expect(parsed('a {{- vars.x -}} b')).toEqual(['a', { output: { path: 'vars.x' } }, 'b']);
  });

  it('reads paths in all their forms', () => {
    expect(variablesOf(parsed('{{ vars.a["b"][0].c }} {{ vars.a["příjmení"] | append: vars.d }}'))).toEqual([
      'vars.a.b.0.c',
      'vars.a.příjmení',
      'vars.d',
    ]);
    const all =
      '{% unless a %}{{ b }}{% elsif c == d %}{% else %}{% case e | size %}{% when f, 1 %}{{ g }}{% endcase %}{% endunless %}';
    expect(variablesOf(parsed(all)).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it.each([
    ['{% for x in y %}{{ x }}{% endfor %}', 'unsupported-tag', 1, 1],
    ['a\n  {% assign x = 1 %}', 'unsupported-tag', 2, 3],
    ['{% include "x" %}', 'unsupported-tag', 1, 1],
    ['{% raw %}{{ x }}{% endraw %}', 'unsupported-tag', 1, 1],
    ['{% nope %}', 'unsupported-tag', 1, 1],
    ['Hi {{ x | upcsae }}', 'unknown-filter', 1, 11],
    ['{{ x | constructor }}', 'unknown-filter', 1, 8],
    ['{{ x | append }}', 'filter-arguments', 1, 8],
    ['{{ x | upcase: 1 }}', 'filter-arguments', 1, 8],
    ['{{ x | upcase: allow_false: true }}', 'filter-arguments', 1, 8],
    ['{{ x | date: "%Q" }}', 'filter-arguments', 1, 8],
    ['{{ x | date: "time", "Europe/Praha" }}', 'filter-arguments', 1, 8],
    ['{{ x | currency: "Kč" }}', 'filter-arguments', 1, 8],
    ['{{ x[y] }}', 'unsupported-value', 1, 4],
    ['{{ (1..3) }}', 'unsupported-value', 1, 4],
    ['{{ x["a.b"] }}', 'unsupported-value', 1, 4],
    ['{{ x', 'syntax', 1, 1],
    ['{% if x %}', 'syntax', 1, 1],
    ['{% if %}{% endif %}', 'syntax', 1, 6],
    ['{{ a b }}', 'syntax', 1, 6],
    ['{% if a == %}{% endif %}', 'syntax', 1, 9],
    ['{{ a & b }}', 'syntax', 1, 7],
    ['{% case x %}{% when %}{% endcase %}', 'syntax', 1, 1],
  ])('refuses %s as %s at %d:%d', (source, code, line, column) => {
    expect(problemsOf(source)[0]).toMatchObject({ code, line, column });
  });

  it('finds all problems at once, in both languages, with a hint', () => {
    const problems = problemsOf('{{ x | upcsae }}{% cycle 1 %}{% if y | foo %}{{ z[0..1] }}{% endif %}');
    expect(problems.length).toBeGreaterThanOrEqual(3);
    expect(problems[0]?.message).toEqual({
      en: 'there is no filter "upcsae"; did you mean upcase?',
      cs: 'filtr „upcsae“ neexistuje; mysleli jste upcase?',
    });
    for (const { message } of problems) expect(message.cs).not.toBe(message.en);
  });

  it('bounds length, depth and parts', () => {
    const nested = (depth: number) => '{% if a %}'.repeat(depth) + 'x' + '{% endif %}'.repeat(depth);
    expect(problemsOf('x'.repeat(maxSourceLength + 1))[0]?.code).toBe('too-long');
    expect(problemsOf(nested(15))).toEqual([]);
    expect(problemsOf(nested(17))).toMatchObject([{ code: 'too-deep' }]);
    expect(problemsOf(nested(470)).map(({ code }) => code)).toEqual(['too-deep']);
    expect(problemsOf('{{a}}'.repeat(1001))).toMatchObject([{ code: 'too-long' }]);
  });

  it('reads plain texts without the parser as with it', () => {
    expect(parsePlain('Hi {{contact.name}}, {{ vars.a_1.b }}!')).toHaveLength(5);
    expect(parsePlain('{{ vars.a | upcase | replace: "a", "b" }}')).toHaveLength(1);
    for (const more of [
      '{{ vars.a | round: 1 }}',
      '{{ vars.a | nope }}',
      '{{ vars.a | upcase: "x" }}',
      '{% if a %}{% endif %}',
      '{{ a }',
    ])
      expect(parsePlain(more)).toBeUndefined();
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '{%',
      '%}',
      '{{ vars.a }}',
      '{{caller.number}}',
      '{{ vars.size }}',
      '{{ vars.a | upcase|strip }}',
      '{{ vars.a | default: "x" | replace: "a" , "b" }}',
      '{{ vars.a',
      ' | size',
      ' | date: "%Y"',
      ': "q"',
      '-',
      ' ',
      '\n',
      'a.b',
      '%',
      'ž',
      '{{-',
      '-}}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join('');
        const plain = parsePlain(source);
        expect(plain === undefined || parseAll(source)).toEqual(plain === undefined || { template: plain });
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, and what it takes can be rendered, whatever the source is', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 10 }),
      fc.constantFrom(
        '{{',
        '}}',
        '{%',
        '%}',
        'if',
        'endif',
        'else',
        'elsif',
        'unless',
        'endunless',
        'case',
        'when',
        'endcase',
        'for',
        '|',
        'default',
        ':',
        '"',
        "'",
        'vars.a',
        '[',
        ']',
        '.',
        '==',
        'and',
        ' ',
        '-',
        '1',
        ',',
        'size',
        'date',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const source = pieces.join('');
        const result = parseTemplate(source);
        if ('template' in result) renderTemplate(result.template, () => undefined);
        expect('problems' in result ? result.problems.length : 1).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
