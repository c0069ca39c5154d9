import * as fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../tools.ts';
import { type Comparison, type Condition, ConditionSchema } from './condition.ts';
import { maxConditionDepth } from './limits.ts';
import { evaluate } from './evaluate.ts';
import { callingCodeOf, countryOfNumber, hasPrefix } from './phone-prefixes.ts';
import { validateCondition, variablesOfCondition } from './validate.ts';

type Written = Comparison extends infer Each ? (Each extends Comparison ? Omit<Each, 'variable'> : never) : never;
const holds = (value: Json | undefined, written: Written): boolean => {
  const condition = { variable: 'vars.x', ...written };
  expect(Value.Check(ConditionSchema, condition)).toBe(true);
  return evaluate(condition, () => value).holds;
};

describe('one comparison', () => {
  it.each<[value: Json | undefined, written: Written, holds: boolean]>([
    ['4711', { operator: 'equals', value: '4711' }, true],
    ['4711', { operator: 'equals', value: 4711 }, true],
    ['Ano', { operator: 'equals', value: 'ano' }, true],
    [true, { operator: 'equals', value: true }, true],
    [undefined, { operator: 'equals', value: '' }, false],
    [['a'], { operator: 'equals', value: 'a' }, false],
    ['x', { operator: 'notEquals', value: 'y' }, true],
    [undefined, { operator: 'notEquals', value: 'y' }, true],
    ['CZ', { operator: 'in', value: ['SK', 'cz'] }, true],
    ['PL', { operator: 'in', value: ['SK', 'CZ'] }, false],
    ['Nový zákazník', { operator: 'contains', value: 'ZÁKAZ' }, true],
    [['sale', 'vip'], { operator: 'contains', value: 'vip' }, true],
    [['sale'], { operator: 'contains', value: 'sal' }, false],
    ['+420777', { operator: 'startsWith', value: '+420' }, true],
    ['AB-12', { operator: 'matches', value: '^[A-Z]{2}-\\d+$' }, true],
    ['ab-12', { operator: 'matches', value: '^[A-Z]{2}-\\d+$' }, false],
    [3, { operator: 'lessThan', value: 4 }, true],
    ['3', { operator: 'lessThan', value: 4 }, true],
    ['three', { operator: 'lessThan', value: 4 }, false],
    [undefined, { operator: 'lessThan', value: 4 }, false],
    [4, { operator: 'greaterThan', value: 4 }, false],
    [4, { operator: 'between', value: [4, 5] }, true],
    [6, { operator: 'between', value: [4, 5] }, false],
    ['2027-01-01T10:00:00Z', { operator: 'between', value: ['2027-01-01T10:00+01:00', '2027-01-02T00:00Z'] }, true],
    [undefined, { operator: 'isEmpty' }, true],
    [null, { operator: 'isEmpty' }, true],
    ['  ', { operator: 'isEmpty' }, true],
    [[], { operator: 'isEmpty' }, true],
    [0, { operator: 'isEmpty' }, false],
    [false, { operator: 'isEmpty' }, false],
    [true, { operator: 'isTrue' }, true],
    ['yes', { operator: 'isTrue' }, false],
    ['2027-01-01T10:00:00Z', { operator: 'before', value: '2027-01-01T11:30:00+01:00' }, true],
    ['2027-01-01T10:30:00Z', { operator: 'before', value: '2027-01-01T11:30:00+01:00' }, false],
    ['2027-01-01T10:30:01Z', { operator: 'after', value: '2027-01-01T11:30:00+01:00' }, true],
    ['tomorrow', { operator: 'after', value: '2027-01-01T11:30:00+01:00' }, false],
    ['+420777123456', { operator: 'inPrefix', value: ['+421', 'CZ'] }, true],
    ['+14165550123', { operator: 'inPrefix', value: ['US'] }, false],
    ['+14165550123', { operator: 'inPrefix', value: ['CA'] }, true],
    ['anonymous', { operator: 'inPrefix', value: ['CZ'] }, false],
  ])('%j %j: %s', (value, written, expected) => expect(holds(value, written)).toBe(expected));
});

describe('evaluate', () => {
  const values: Record<string, Json> = { 'vars.a': 1, 'vars.b': 'two', 'caller.number': '+420777123456' };
  const lookup = (path: string) => values[path];
  const yes: Condition = { variable: 'vars.a', operator: 'equals', value: 1 };
  const no: Condition = { variable: 'vars.b', operator: 'equals', value: 'three' };

  it('joins by all, any and not', () => {
    expect(evaluate({ all: [yes, yes] }, lookup).holds).toBe(true);
    expect(evaluate({ all: [yes, no] }, lookup).holds).toBe(false);
    expect(evaluate({ any: [no, yes] }, lookup).holds).toBe(true);
    expect(evaluate({ any: [no, no] }, lookup).holds).toBe(false);
    expect(evaluate({ not: { any: [no] } }, lookup).holds).toBe(true);
  });

  it('says what was compared, and of many the one that decided', () => {
    expect(evaluate({ all: [yes, no] }, lookup).because).toBe('vars.b ("two") does not equal "three"');
    expect(evaluate({ any: [no, yes] }, lookup).because).toBe('vars.a (1) equals 1');
    expect(evaluate({ any: [no, { not: yes }] }, lookup).because).toBe(
      'vars.b ("two") does not equal "three" and vars.a (1) equals 1',
    );
    expect(evaluate({ variable: 'vars.none', operator: 'isEmpty' }, lookup).because).toBe(
      'vars.none (no value) is empty',
    );
  });

  it('masks what is sensitive on both sides', () => {
    const { holds: found, because } = evaluate(
      { variable: 'caller.number', operator: 'in', value: ['+420777123456', '+420777999999'] },
      lookup,
      (path) => path === 'caller.number',
    );
    expect(found).toBe(true);
    expect(because).toBe('caller.number (•••) is one of •••');
  });

  it('never throws and stays short, whatever the values and the condition are', () => {
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 12 },
        fc
          .tuple(
            fc.constantFrom(
              'equals',
              'contains',
              'startsWith',
              'matches',
              'in',
              'inPrefix',
              'between',
              'lessThan',
              'before',
              'isTrue',
            ),
            fc.jsonValue(),
          )
          .map(([operator, value]) => ({ variable: 'vars.x', operator, value }) as Condition)
          .filter((each) => Value.Check(ConditionSchema, each)),
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie('condition').map((not) => ({ not })),
      ),
    }));
    fc.assert(
      fc.property(condition, fc.jsonValue(), (each, value) => {
        expect(evaluate(each, () => value as Json).because.length).toBeLessThanOrEqual(300);
      }),
    );
  });

  it('counts what is nested too deeply as false, as validation has said', () => {
    let deep: Condition = yes;
    for (let depth = 0; depth <= maxConditionDepth; depth++) deep = { all: [deep] };
    expect(evaluate(deep, lookup)).toMatchObject({ holds: false, because: expect.stringContaining('nested') });
    expect(validateCondition(deep, () => 'number').map(({ code }) => code)).toEqual(['too-deep']);
  });
});

describe('validateCondition', () => {
  const types = {
    'vars.t': 'text',
    'vars.n': 'number',
    'vars.b': 'boolean',
    'vars.j': 'json',
    'vars.l': 'list',
  } as const;
  const all = { ...types, 'caller.number': 'phone', 'call.startedAt': 'time' } as const;
  const codes = (condition: Condition) =>
    validateCondition(condition, (path) => new Map(Object.entries(all)).get(path)).map(({ code }) => code);

  it.each<[Condition, string[]]>([
    [{ variable: 'vars.t', operator: 'equals', value: 'x' }, []],
    [{ variable: 'vars.t', operator: 'equals', value: 4711 }, []],
    [{ variable: 'vars.zzz', operator: 'isEmpty' }, ['unknown-variable']],
    [{ variable: 'vars.t', operator: 'lessThan', value: 3 }, ['operator-does-not-fit']],
    [{ variable: 'vars.j', operator: 'lessThan', value: 3 }, []],
    [{ variable: 'vars.n', operator: 'equals', value: 'x' }, ['value-does-not-fit']],
    [{ variable: 'vars.b', operator: 'in', value: [true] }, ['operator-does-not-fit']],
    [{ variable: 'caller.number', operator: 'equals', value: '777123456' }, ['value-does-not-fit']],
    [{ variable: 'vars.t', operator: 'matches', value: '(a' }, ['bad-pattern']],
    [{ variable: 'call.startedAt', operator: 'before', value: '2027-01-31' }, ['bad-instant']],
    [
      { variable: 'call.startedAt', operator: 'between', value: ['2027-01-31T00:00Z', '2027-01-30T00:00Z'] },
      ['reversed-bounds'],
    ],
    [{ variable: 'call.startedAt', operator: 'between', value: [1, 2] }, ['value-does-not-fit']],
    [{ variable: 'vars.n', operator: 'between', value: [2, 1] }, ['reversed-bounds']],
    [{ variable: 'caller.number', operator: 'inPrefix', value: ['CZ', 'XX'] }, ['bad-prefix']],
    [{ variable: 'vars.l', operator: 'contains', value: 'x' }, []],
    [
      { all: [{ variable: 'vars.t', operator: 'isTrue' }, { not: { variable: 'vars.n', operator: 'isTrue' } }] },
      ['operator-does-not-fit', 'operator-does-not-fit'],
    ],
  ])('%j: %j', (condition, expected) => expect(codes(condition)).toEqual(expected));

  it('says where, in both languages', () => {
    const [problem] = validateCondition(
      { all: [{ variable: 'vars.n', operator: 'isEmpty' }, { not: { variable: 'vars.no', operator: 'isTrue' } }] },
      (path) => (path === 'vars.n' ? 'number' : undefined),
    );
    expect(problem).toMatchObject({ at: '/all/1/not', variable: 'vars.no' });
    expect(problem?.message).toEqual({ en: 'there is no variable vars.no', cs: 'proměnná vars.no neexistuje' });
  });

  it('counts the comparisons', () => {
    const each: Condition = { variable: 'vars.t', operator: 'isEmpty' };
    const fifty: Condition = { all: Array.from({ length: 50 }, () => each) };
    expect(codes({ any: [fifty, fifty] })).toEqual([]);
    expect(codes({ any: [fifty, fifty, each] })).toEqual(['too-long']);
  });

  it('lists what is read', () => {
    const condition: Condition = {
      any: [{ not: { variable: 'a', operator: 'isTrue' } }, { variable: 'b', operator: 'isTrue' }],
    };
    expect(variablesOfCondition(condition).toSorted()).toEqual(['a', 'b']);
  });
});

describe('countryOfNumber', () => {
  it.each([
    ['+420777123456', 'CZ', '420'],
    ['+421905123456', 'SK', '421'],
    ['+447911123456', 'GG', '44'],
    ['+442071838750', 'GB', '44'],
    ['+12125550123', 'US', '1'],
    ['+18765550123', 'JM', '1'],
    ['+77012345678', 'KZ', '7'],
    ['+79161234567', 'RU', '7'],
    ['420777123456', undefined, undefined],
    ['+999', undefined, undefined],
    ['', undefined, undefined],
  ])('%s is of %s, code %s', (number, country, code) => {
    expect(countryOfNumber(number)).toBe(country);
    expect(callingCodeOf(number)).toBe(code);
  });

  it('knows countries by own names alone', () => {
    expect(hasPrefix('CZ')).toBe(true);
    expect(hasPrefix('constructor')).toBe(false);
  });
});
