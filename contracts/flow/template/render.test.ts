import * as fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../tools.ts';
import { valueAt } from '../variables.ts';
import { filters } from './filters.ts';
import { parseTemplate } from './parse-template.ts';
import { renderTemplate, type RenderOptions } from './render.ts';
import { binaryOperators, type Expression, type Template } from './template.ts';

const values: JsonObject = {
  vars: {
    n: 1234.5,
    k: 5,
    text: 'ahoj světe',
    yes: true,
    no: false,
    none: null,
    list: ['a', 'b', 3],
    at: '2026-11-27T16:59:00Z',
    pin: '4711',
    deep: { x: [{ y: 'z' }] },
  },
  caller: { number: '+420777123456' },
};

function render(source: string, options?: RenderOptions, scope: JsonObject = values) {
  const parsed = parseTemplate(source);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message.en).join('; '));
  return renderTemplate(parsed.template, (path) => valueAt(scope, path), options);
}
const cs: RenderOptions = { language: 'cs-CZ', timeZone: 'Europe/Prague' };
const en: RenderOptions = { language: 'en-US', timeZone: 'America/New_York' };

describe('renderTemplate', () => {
  it.each([
    ['{{ vars.text | upcase }}', 'AHOJ SVĚTE'],
    ['{{ vars.text | capitalize | append: "!" }}', 'Ahoj světe!'],
    ['{{ vars.deep.x[0].y }}', 'z'],
    [
      '{{ vars.list }}|{{ vars.list | join: ", " }}|{{ vars.list | first }}|{{ vars.list | last }}|{{ vars.list | size }}',
      'ab3|a, b, 3|a|3|3',
    ],
    ['{{ vars.deep }}', ''],
    ['{{ vars.none | default: "nic" }}', 'nic'],
    ['{{ vars.no | default: "nic" }}|{{ vars.no | default: "nic", allow_false: true }}', 'nic|false'],
    ['{{ vars.k | plus: 2 | times: 3 | minus: 1 | divided_by: 4 }}', '5'],
    ['{{ vars.k | divided_by: 0 }}|{{ "x" | plus: 1 }}', '|'],
    ['{{ vars.n | round }}|{{ vars.n | floor }}|{{ vars.n | ceil }}|{{ 3.14159 | round: 2 }}', '1235|1234|1235|3.14'],
    ['{{ vars.k | at_most: 3 }}{{ vars.k | at_least: 7 }}{{ -3 | abs }}{{ 7 | modulo: 4 }}', '3733'],
    ['{{ "a-b-c" | replace: "-", "+" | remove: "c" }}', 'a+b+'],
    [
      '{{ vars.text | truncate: 6 }}|{{ vars.text | truncate: 6, "…" }}|{{ vars.text | truncatewords: 1 }}',
      'aho...|ahoj …|ahoj...',
    ],
    ['{{ vars.text | slice: 5, 3 }}{{ vars.text | slice: -1 }}', 'světe'.slice(0, 3) + 'e'],
    ['{{ "  x " | strip }}|{{ "  x " | lstrip }}|{{ "  x " | rstrip }}|', 'x|x |  x|'],
    ['{{ vars.pin | digits }}', '4 7 1 1'],
    ['{% if vars.k > 4 and vars.yes %}A{% else %}B{% endif %}{% unless vars.no %}C{% endunless %}', 'AC'],
    ['{% if vars.none == nil or false %}A{% endif %}{% if vars.list contains "b" %}B{% endif %}', 'AB'],
    ['{% if vars.text contains "svět" and not vars.no %}A{% endif %}{% if vars.none == blank %}B{% endif %}', 'AB'],
    ['{% case vars.pin %}{% when "1", "4711" %}A{% when "4711" %}B{% else %}C{% endcase %}', 'A'],
    ['{% case vars.k %}{% when 1 or 2 %}A{% else %}C{% endcase %}', 'C'],
  ])('%s -> %s', (source, text) => expect(render(source)).toEqual({ text, missing: [], truncated: false }));

  it.each([
    ['{{ vars.n | number }}', '1\u00A0234,5', '1,234.5'],
    ['{{ 1234567 | number: 2 }}', '1\u00A0234\u00A0567,00', '1,234,567.00'],
    ['{{ -0.001 | number: 2 }}', '0,00', '0.00'],
    ['{{ vars.n | currency: "CZK" }}', '1\u00A0234,50\u00A0Kč', 'Kč\u00A01,234.50'],
    ['{{ -1200 | currency: "USD" }}', '-1\u00A0200\u00A0$', '-$1,200'],
    ['{{ vars.at | date: "%-d. %B %Y %H:%M" }}', '27. listopadu 2026 17:59', '27. November 2026 11:59'],
    ['{{ vars.at | date: "datetime" }}', '27. listopadu 2026 17:59', 'November 27, 2026, 11:59 AM'],
    ['{{ vars.at | date: "day" }}', 'pátek 27. listopadu', 'Friday, November 27'],
    ['{{ vars.at | date: "time", "Asia/Kathmandu", "cs" }}', '22:44', '22:44'],
    ['{{ "2026-12-24" | date: "date" }}', '24. prosince 2026', 'December 24, 2026'],
    ['{{ "soon" | date: "date" }}{{ vars.list | date: "%Y" }}', '', ''],
    ['{{ caller.number | phone }}', '+420 777 123 456', '+420 777 123 456'],
    ['{{ caller.number | phone: "national" }}', '777 123 456', '777 123 456'],
    [
      '{{ "+12125550123" | phone }}|{{ "+49301234567" | phone }}|{{ "anonymous" | phone }}',
      '+1 212 555 0123|+49 301 234 567|anonymous',
      '+1 212 555 0123|+49 301 234 567|anonymous',
    ],
  ])('%s is %s in Czech and %s in English', (source, czech, english) => {
    expect(render(source, cs).text).toBe(czech);
    expect(render(source, en).text).toBe(english);
  });

  it.each([
    [0, 'hovorů', 'calls'],
    [1, 'hovor', 'call'],
    [2, 'hovory', 'calls'],
    [4, 'hovory', 'calls'],
    [5, 'hovorů', 'calls'],
    [22, 'hovorů', 'calls'],
    [1.5, 'hovoru', 'calls'],
  ])('%d %s, %d %s', (count, czech, english) => {
    const scope = { vars: { n: count } };
    expect(render('{{ vars.n | plural: "hovor", "hovory", "hovorů", "hovoru" }}', cs, scope).text).toBe(czech);
    expect(render('{{ vars.n | plural: "call", "calls" }}', en, scope).text).toBe(english);
  });

  it('speaks the month and the weekday of languages that it does not know by heart', () => {
    expect(render('{{ vars.at | date: "%A %-d. %B" }}', { language: 'de' }).text).toBe('Freitag 27. November');
    expect(render('{{ vars.n | number }}', { language: 'de-DE' }).text).toBe('1.234,5');
    expect(render('{{ vars.n | number }}', { language: 'not a language' }).text).toBe('1,234.5');
  });

  it('reports what is missing once and speaks nothing in its place', () => {
    expect(render('Hi {{ contact.name }}{{ contact.name | upcase }}, {{ vars.none }}.')).toEqual({
      text: 'Hi , .',
      missing: ['contact.name', 'vars.none'],
      truncated: false,
    });
    expect(render('{% if contact.name %}x{% endif %}{{ contact.name | default: "you" }}').missing).toEqual([]);
    expect(render('{{ contact.name | default: contact.nick }}').missing).toEqual(['contact.nick']);
    expect(render('{{ vars.text | default: contact.nick }}').missing).toEqual([]);
  });

  it('cuts at its bounds, between characters', () => {
    expect(render('{{ vars.text }}{{ vars.text }}', { maxLength: 12 })).toMatchObject({
      text: 'ahoj světeah',
      truncated: true,
    });
    expect(render('ab😀', { maxLength: 3 })).toMatchObject({ text: 'ab', truncated: true });
    expect(render('{{ vars.k }}'.repeat(10), { maxNodes: 6 })).toMatchObject({ text: '555', truncated: true });
    expect(render('abc', { maxLength: 3 }).truncated).toBe(false);
  });

  it('is bounded for any tree and any values', () => {
    const expression = fc.letrec<{ it: Expression }>((tie) => ({
      it: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue().map((value) => ({ value: value as Json })),
        fc.constantFrom('a', 'b').map((path) => ({ path })),
        fc.constant({ blank: true as const }),
        tie('it').map((not) => ({ not })),
        fc.record({ operator: fc.constantFrom(...binaryOperators), left: tie('it'), right: tie('it') }),
        fc.record({
          of: tie('it'),
          filters: fc.array(
            fc.record({
              name: fc.constantFrom(...Object.keys(filters), 'nope'),
              arguments: fc.array(tie('it'), { maxLength: 3 }),
            }),
            { maxLength: 4 },
          ),
        }),
      ),
    })).it;
    const { tree } = fc.letrec<{ tree: Template }>((tie) => ({
      tree: fc.array(
        fc.oneof(
          { maxDepth: 4 },
          fc.string(),
          expression.map((output) => ({ output })),
          fc.record({
            branches: fc.array(fc.record({ when: expression, show: tie('tree') }), { maxLength: 3 }),
            otherwise: tie('tree'),
          }),
        ),
        { maxLength: 6 },
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        fc.jsonValue(),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        (template, value, maxLength, maxNodes) => {
          let lookups = 0;
          const lookup = () => {
            lookups++;
            return value as Json;
          };
          const { text } = renderTemplate(template, lookup, { maxLength, maxNodes });
          expect(text.length).toBeLessThanOrEqual(maxLength);
          expect(lookups).toBeLessThanOrEqual(maxNodes);
          expect(text).not.toContain('[object');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not grow a text by replacing', () => {
    const scope = { vars: { a: 'a'.repeat(4000), b: 'b'.repeat(4000) } };
    const rendered = render('{{ vars.a | replace: "a", vars.b | replace: "b", vars.a }}', {}, scope);
    expect(rendered.text.length).toBeLessThanOrEqual(4000);
  });

  it('says what liquidjs says, where both have the same filters', () => {
    const liquid = new Liquid({ ownPropertyOnly: true });
    const operand = fc.constantFrom(
      'vars.text',
      'vars.k',
      'vars.yes',
      'vars.none',
      'vars.list',
      'vars.pin',
      '"x"',
      '5',
      'true',
      'nil',
    );
    const filter = fc.constantFrom(
      'upcase',
      'downcase',
      'capitalize',
      'strip',
      'size',
      'append: "a"',
      'prepend: vars.pin',
      'replace: "a", "b"',
      'remove: "o"',
      'default: "d"',
      'truncate: 4',
      'slice: 1, 2',
      'first',
      'last',
      'join: "-"',
    );
    const comparison = fc.oneof(
      operand,
      fc.tuple(operand, fc.constantFrom('==', '!=', 'contains'), operand).map((parts) => parts.join(' ')),
      fc
        .tuple(
          fc.constantFrom('vars.k', '5', '7'),
          fc.constantFrom('<', '>', '<=', '>='),
          fc.constantFrom('vars.k', '3'),
        )
        .map((parts) => parts.join(' ')),
    );
    const test = fc
      .array(comparison, { minLength: 1, maxLength: 3 })
      .chain((all) =>
        fc
          .array(fc.constantFrom(' and ', ' or '), { minLength: 2, maxLength: 2 })
          .map((joints) => all.reduce((left, right, index) => left + joints[(index + 1) % 2] + right)),
      );
    const textual = fc
      .constantFrom('vars.text', 'vars.pin', '"Abc"')
      .chain((of) => fc.array(filter, { maxLength: 2 }).map((calls) => `{{ ${[of, ...calls].join(' | ')} }}`));
    const { source } = fc.letrec<{ source: string }>((tie) => ({
      source: fc
        .array(
          fc.oneof(
            { maxDepth: 3 },
            fc.constantFrom(
              'a ',
              ' b\n',
              ' ',
              '{{ vars.list | join: "-" }}',
              '{{ vars.list | first }}{{ vars.list | last }}{{ vars.list | size }}',
            ),
            textual,
            fc.oneof(operand, fc.constant('vars.missing')).map((of) => `{{ ${of} }}`),
            fc
              .tuple(test, tie('source'), tie('source'))
              .map(([when, then, other]) => `{% if ${when} %}${then}{%- else -%}${other}{% endif %}`),
            fc
              .tuple(test, tie('source'), test, tie('source'))
              .map(
                ([when, then, also, other]) => `{% unless ${when} -%}${then}{% elsif ${also} %}${other}{% endunless %}`,
              ),
          ),
          { maxLength: 4 },
        )
        .map((parts) => parts.join('')),
    }));
    fc.assert(
      fc.property(source, (each) => {
        expect(render(each).text).toBe(liquid.parseAndRenderSync(each, values));
      }),
      { numRuns: 500 },
    );
  });
});
