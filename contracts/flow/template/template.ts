/** What a template becomes when a version is published: small JSON, evaluated by `renderTemplate` alone. */
import type { Json } from '../../tools.ts';

export const maxSourceLength = 10_000;
export const maxTemplateNodes = 1_000;
export const maxTemplateDepth = 16;

export type Template = readonly TemplateNode[];
/** Text as it stands, something to speak, or a choice: the first branch whose expression is true. */
export type TemplateNode = string | { output: Expression } | { branches: readonly Branch[]; otherwise?: Template };

export interface Branch {
  when: Expression;
  show: Template;
}

export const binaryOperators = ['==', '!=', '<', '>', '<=', '>=', 'contains', 'and', 'or'] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

export type Expression =
  | { value: Json }
  /** A variable by its whole path, such as `vars.answer.items.0.price`. */
  | { path: string }
  /** Liquid's `empty` and `blank`. */
  | { blank: true }
  | { not: Expression }
  | { operator: BinaryOperator; left: Expression; right: Expression }
  | { of: Expression; filters: readonly FilterCall[] };

export interface FilterCall {
  name: string;
  arguments?: readonly Expression[];
  /** Of `default` alone: `false` is a value and no reason for the default. */
  allowFalse?: boolean;
}

/** Every path that a template may read. */
export function variablesOf(template: Template): readonly string[] {
  const paths = new Set<string>();
  const readTemplate = (nodes: Template): void => nodes.forEach(readNode);
  readTemplate(template);
  return [...paths];

  function readNode(node: TemplateNode): void {
    if (typeof node === 'string') return;
    if ('output' in node) return readExpression(node.output);
    for (const { when, show } of node.branches) {
      readExpression(when);
      readTemplate(show);
    }
    readTemplate(node.otherwise ?? []);
  }

  function readExpression(expression: Expression): void {
    if ('path' in expression) paths.add(expression.path);
    else if ('not' in expression) readExpression(expression.not);
    else if ('operator' in expression) [expression.left, expression.right].forEach(readExpression);
    else if ('of' in expression) {
      readExpression(expression.of);
      for (const { arguments: values = [] } of expression.filters) values.forEach(readExpression);
    }
  }
}
