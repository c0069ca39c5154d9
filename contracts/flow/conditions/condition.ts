import { Type, type Static } from 'typebox';

const maxPatternLength = 200;

const closed = { additionalProperties: false } as const;
const Variable = Type.String({ minLength: 1, maxLength: 200 });
const ShortText = Type.String({ maxLength: 500 });
const Scalar = Type.Union([ShortText, Type.Number(), Type.Boolean()]);

/** One variable compared. Text is compared without regard to case, except by `matches`. */
const ComparisonSchema = Type.Union([
  Type.Object({ variable: Variable, operator: Type.Enum(['equals', 'notEquals']), value: Scalar }, closed),
  Type.Object({ variable: Variable, operator: Type.Enum(['contains']), value: Scalar }, closed),
  Type.Object({ variable: Variable, operator: Type.Enum(['startsWith']), value: ShortText }, closed),
  Type.Object(
    { variable: Variable, operator: Type.Enum(['in']), value: Type.Array(Scalar, { minItems: 1, maxItems: 100 }) },
    closed,
  ),
  Type.Object(
    { variable: Variable, operator: Type.Enum(['matches']), value: Type.String({ maxLength: maxPatternLength }) },
    closed,
  ),
  Type.Object({ variable: Variable, operator: Type.Enum(['lessThan', 'greaterThan']), value: Type.Number() }, closed),
  /** Both ends belong to it. */
  Type.Object(
    {
      variable: Variable,
      operator: Type.Enum(['between']),
      value: Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Tuple([ShortText, ShortText])]),
    },
    closed,
  ),
  Type.Object({ variable: Variable, operator: Type.Enum(['isEmpty', 'isTrue']) }, closed),
  /** An instant: ISO 8601 with seconds optional and an offset or `Z`. */
  Type.Object({ variable: Variable, operator: Type.Enum(['before', 'after']), value: ShortText }, closed),
  /** Dialling prefixes such as `+420`, or countries such as `CZ`. */
  Type.Object(
    {
      variable: Variable,
      operator: Type.Enum(['inPrefix']),
      value: Type.Array(Type.String({ minLength: 2, maxLength: 16 }), { minItems: 1, maxItems: 100 }),
    },
    closed,
  ),
]);

/** Comparisons joined by all, any and not. How deep and how many is `validateCondition`'s matter. */
export const ConditionSchema = Type.Cyclic(
  {
    Condition: Type.Union([
      Type.Object({ all: Type.Array(Type.Ref('Condition'), { minItems: 1, maxItems: 50 }) }, closed),
      Type.Object({ any: Type.Array(Type.Ref('Condition'), { minItems: 1, maxItems: 50 }) }, closed),
      Type.Object({ not: Type.Ref('Condition') }, closed),
      ComparisonSchema,
    ]),
  },
  'Condition',
);

export type Comparison = Static<typeof ComparisonSchema>;
export type Condition = Static<typeof ConditionSchema>;
export type Operator = Comparison['operator'];
