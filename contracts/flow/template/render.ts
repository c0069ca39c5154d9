import type { Json } from '../../tools.ts';
import { isList, type Lookup } from '../variables.ts';
import { filterOf, type FilterSurroundings, isNothing } from './filters.ts';
import { type BinaryOperator, type Expression, type FilterCall, maxTemplateNodes, type Template } from './template.ts';
import { textOf } from './values.ts';

export interface RenderOptions {
  /** For numbers and dates; the language that the text is written in. Absent: English. */
  language?: string;
  /** For dates. Absent: UTC. */
  timeZone?: string;
  /** Characters that the text may have. */
  maxLength?: number;
  /** Parts of the template and steps of its expressions that are evaluated at most. */
  maxNodes?: number;
}

export interface Rendered {
  text: string;
  /** Paths that should have been spoken and had no value; nothing stands in their place. */
  missing: readonly string[];
  /** Whether a bound cut the text. */
  truncated: boolean;
}

const defaultMaxLength = 4_000;
const nothing: Json = null;

/**
 * Evaluates a template that was parsed when its version was published. Never throws, whatever the tree and the values
 * are; bounded by parts evaluated and characters, so that the same call gives the same text on any machine.
 */
export function renderTemplate(template: Template, lookup: Lookup, options: RenderOptions = {}): Rendered {
  const { language = 'en', timeZone = 'UTC', maxLength = defaultMaxLength } = options;
  const rendering = new Rendering(lookup, { language, timeZone, maxLength }, options.maxNodes ?? 4 * maxTemplateNodes);
  rendering.template(template);
  return rendering.result();
}

class Rendering {
  readonly #lookup: Lookup;
  readonly #surroundings: FilterSurroundings;
  readonly #missing = new Set<string>();
  #nodesLeft: number;
  #text = '';
  #truncated = false;

  constructor(lookup: Lookup, surroundings: FilterSurroundings, maxNodes: number) {
    this.#lookup = lookup;
    this.#surroundings = surroundings;
    this.#nodesLeft = maxNodes;
  }

  result(): Rendered {
    return { text: this.#text, missing: [...this.#missing], truncated: this.#truncated };
  }

  template(nodes: Template): void {
    for (const node of nodes) {
      if (this.#isSpent()) return;
      if (typeof node === 'string') this.#write(node);
      else if ('output' in node)
        this.#write(textOf(this.#evaluate(node.output, true), this.#surroundings.maxLength + 1));
      else
        this.template(
          node.branches.find(({ when }) => isTrue(this.#evaluate(when, false)))?.show ?? node.otherwise ?? [],
        );
    }
  }

  /** Counts one more part; says whether there were too many. */
  #isSpent(): boolean {
    if (this.#nodesLeft > 0) {
      this.#nodesLeft--;
      return false;
    }
    this.#truncated = true;
    return true;
  }

  #write(more: string): void {
    const room = this.#surroundings.maxLength - this.#text.length;
    this.#text += more.length > room ? cut(more, room) : more;
    if (more.length <= room) return;
    this.#truncated = true;
    this.#nodesLeft = 0;
  }

  /** `speaks`: whether what is missing would have been spoken. */
  #evaluate(expression: Expression, speaks: boolean): Json {
    if (this.#isSpent()) return nothing;
    if ('value' in expression) return expression.value;
    if ('path' in expression) return this.#read(expression.path, speaks);
    if ('blank' in expression) return '';
    if ('not' in expression) return !isTrue(this.#evaluate(expression.not, false));
    if ('of' in expression) return this.#filtered(expression, speaks);
    return this.#operation(expression.operator, expression.left, expression.right);
  }

  #read(path: string, speaks: boolean): Json {
    const value = this.#lookup(path) ?? nothing;
    if (value === nothing && speaks) this.#missing.add(path);
    return value;
  }

  #filtered({ of, filters }: { of: Expression; filters: readonly FilterCall[] }, speaks: boolean): Json {
    const hasDefault = filters.some(({ name }) => name === 'default');
    let value = this.#evaluate(of, speaks && !hasDefault);
    for (const call of filters) {
      if (this.#isSpent()) return nothing;
      value = this.#apply(call, value, speaks);
    }
    return value;
  }

  #apply({ name, arguments: written = [], allowFalse }: FilterCall, value: Json, speaks: boolean): Json {
    if (name === 'default' && allowFalse === true && value === false) return value;
    // What stands in place of nothing is evaluated, and missed, only where it is needed.
    if (name === 'default' && !isNothing(value) && value !== false) return value;
    const values = written.map((each) => this.#evaluate(each, speaks));
    const result = filterOf(name)?.apply(value, values, this.#surroundings) ?? nothing;
    return typeof result === 'string' ? cut(result, this.#surroundings.maxLength) : result;
  }

  #operation(operator: BinaryOperator, left: Expression, right: Expression): Json {
    const one = this.#evaluate(left, false);
    if (operator === 'and') return isTrue(one) && isTrue(this.#evaluate(right, false));
    if (operator === 'or') return isTrue(one) || isTrue(this.#evaluate(right, false));
    const other = this.#evaluate(right, false);
    if (operator === '==' || operator === '!=') {
      const same = 'blank' in right ? isBlank(one) : 'blank' in left ? isBlank(other) : isEqual(one, other, 0);
      return same === (operator === '==');
    }
    return operator === 'contains' ? contains(one, other) : isOrdered(operator, one, other);
  }
}

/** As in Liquid: all but `false` and nothing. */
const isTrue = (value: Json): boolean => value !== false && value !== nothing;

function isBlank(value: Json): boolean {
  if (value === nothing || value === false) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isEqual(one: Json, other: Json, depth: number): boolean {
  if (!isList(one) || !isList(other)) return one === other;
  return (
    one.length === other.length &&
    depth < 8 &&
    one.every((item, index) => isEqual(item, other[index] ?? nothing, depth + 1))
  );
}

function contains(one: Json, other: Json): boolean {
  if (isList(one)) return one.some((item) => isEqual(item, other, 0));
  return typeof one === 'string' && typeof other !== 'object' && one.includes(String(other));
}

function isOrdered(operator: '<' | '>' | '<=' | '>=', one: Json, other: Json): boolean {
  const isComparable = (value: Json): value is string | number =>
    typeof value === 'string' || typeof value === 'number';
  if (!isComparable(one) || !isComparable(other)) return false;
  switch (operator) {
    case '<':
      return one < other;
    case '>':
      return one > other;
    case '<=':
      return one <= other;
    case '>=':
      return one >= other;
  }
}

/** The beginning of a text, without half a character at its end. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
