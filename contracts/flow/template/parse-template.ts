/**
 * Reads a template when a version is published. `liquidjs` is the parser, so that the syntax is Liquid's to the letter;
 * what it read becomes small JSON, and `liquidjs` stays out of calls. Nothing that runs in a workflow imports this file.
 */
import {
  CaseTag,
  CommentTag,
  IfTag,
  InlineCommentTag,
  Liquid,
  LiquidError,
  Output,
  type Template as LiquidTemplate,
  TypeGuards,
  UnlessTag,
} from 'liquidjs';
import { readOperand, readValue } from './parse-expression.ts';
import { filterOf } from './filters.ts';
import {
  type Expression,
  type FilterCall,
  maxSourceLength,
  maxTemplateDepth,
  maxTemplateNodes,
  type Template,
  type TemplateNode,
} from './template.ts';
import { type Complain, positionOf, type TemplateProblem } from './template-problem.ts';

export type ParsedTemplate = { template: Template } | { problems: readonly TemplateProblem[] };

const liquid = new Liquid();

/** Editors ask for the same texts again and again. */
const parsed = new Map<string, ParsedTemplate>();
const maxParsed = 2_000;

/** The template, or everything that stands in its way. Never throws, whatever the source is. */
export function parseTemplate(source: string): ParsedTemplate {
  const known = parsed.get(source);
  if (known) return known;
  const plain = parsePlain(source);
  const result = plain ? { template: plain } : parseAll(source);
  if (parsed.size >= maxParsed) parsed.clear();
  if (source.length <= maxSourceLength) parsed.set(source, result);
  return result;
}

/**
 * What most texts are, without the parser: variables with filters whose arguments are written out. Undefined where there
 * is more in it, or anything wrong with it.
 */
export function parsePlain(source: string): Template | undefined {
  if (source.length > maxSourceLength) return undefined;
  const nodes: TemplateNode[] = [];
  let end = 0;
  for (const { 0: whole, 1: path = '', 2: calls = '', index } of source.matchAll(plainOutput)) {
    const filters = plainFilters(calls);
    if (!filters) return undefined;
    if (index > end) nodes.push(source.slice(end, index));
    nodes.push({ output: filters.length === 0 ? { path } : { of: { path }, filters } });
    end = index + whole.length;
  }
  if (end < source.length) nodes.push(source.slice(end));
  const isPlain = nodes.every((node) => typeof node !== 'string' || !/[{}]/.test(node));
  return isPlain && nodes.length <= maxTemplateNodes ? nodes : undefined;
}

const plainOutput =
  /\{\{ *([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+) *((?:\| *[a-z_]+ *(?:: *"[^"\\{}]*" *(?:, *"[^"\\{}]*" *)*)?)*)\}\}/g;

function plainFilters(calls: string): FilterCall[] | undefined {
  const read: FilterCall[] = [];
  for (const { 1: name = '', 2: written = '' } of calls.matchAll(/\| *([a-z_]+) *(?:: *((?:"[^"]*"[ ,]*)+))?/g)) {
    const filter = filterOf(name);
    const values = Array.from(written.matchAll(/"([^"]*)"/g), ({ 1: value = '' }) => value);
    if (!filter || values.length < filter.arguments[0] || values.length > filter.arguments[1] || filter.check?.(values))
      return undefined;
    read.push({ name, ...(values.length > 0 && { arguments: values.map((value) => ({ value })) }) });
  }
  return read;
}

/** The same by the parser, whatever is in it. */
export function parseAll(source: string): ParsedTemplate {
  const problems: TemplateProblem[] = [];
  const complain: Complain = (code, offset, en, cs) => {
    problems.push({ code, ...positionOf(source, offset), message: { en, cs } });
  };
  if (source.length > maxSourceLength) {
    complain(
      'too-long',
      maxSourceLength,
      `a text may have ${maxSourceLength} characters`,
      `text smí mít ${maxSourceLength} znaků`,
    );
    return { problems };
  }
  const read = parseLiquid(source);
  if ('problem' in read) return { problems: [read.problem] };
  const template = readTree(read.templates, complain);
  return problems.length === 0 ? { template } : { problems };
}

function parseLiquid(source: string): { templates: readonly LiquidTemplate[] } | { problem: TemplateProblem } {
  try {
    return { templates: liquid.parse(source) };
  } catch (error) {
    const isLiquid = LiquidError.is(error);
    const message = isLiquid
      ? (error.originalError ?? error).message.replace(/, line:\d+, col:\d+$/, '')
      : String(error);
    const [line = 1, column = 1] = isLiquid ? error.token.getPosition() : [];
    const code = /^tag ".*" not found$/.test(message) ? 'unsupported-tag' : 'syntax';
    return { problem: { code, line, column, message: { en: message, cs: inCzech(message) } } };
  }
}

const translations: readonly (readonly [RegExp, string])[] = [
  [/^tag "(.*)" not found$/s, 'značka „$1“ neexistuje'],
  [/^(?:tag|output) "?(.*?)"? not closed$/s, '$1 není uzavřeno'],
  [/^expected "\|" before filter$/, 'před filtrem chybí „|“'],
  [/^invalid value expression: "?(.*?)"?$/s, '„$1“ nelze přečíst jako hodnotu'],
];

function inCzech(message: string): string {
  const found = translations.find(([pattern]) => pattern.test(message));
  return found ? message.replace(...found) : `šablonu nelze přečíst (${message})`;
}

function readTree(templates: readonly LiquidTemplate[], complain: Complain): Template {
  let nodes = 0;
  let isComplained = false;
  return readTemplates(templates, 0);

  function readTemplates(from: readonly LiquidTemplate[], depth: number): Template {
    const read: TemplateNode[] = [];
    for (const each of from) {
      if (isTooMuch(each, depth)) return read;
      const node = readNode(each, depth);
      const last = read.at(-1);
      if (typeof node === 'string' && typeof last === 'string') read[read.length - 1] = last + node;
      else if (node !== undefined && node !== '') read.push(node);
    }
    return read;
  }

  function isTooMuch({ token }: LiquidTemplate, depth: number): boolean {
    nodes++;
    if (nodes <= maxTemplateNodes && depth <= maxTemplateDepth) return false;
    if (!isComplained && depth > maxTemplateDepth)
      complain(
        'too-deep',
        token.begin,
        `it is nested more than ${maxTemplateDepth} deep`,
        `vnoření je hlubší než ${maxTemplateDepth}`,
      );
    else if (!isComplained)
      complain(
        'too-long',
        token.begin,
        `a text may have ${maxTemplateNodes} parts`,
        `text smí mít ${maxTemplateNodes} částí`,
      );
    isComplained = true;
    return true;
  }

  function readNode(from: LiquidTemplate, depth: number): TemplateNode | undefined {
    if (TypeGuards.isHTMLToken(from.token)) return from.token.getContent();
    if (from instanceof Output) return { output: readValue(from.value, complain) };
    if (from instanceof CommentTag || from instanceof InlineCommentTag) return undefined;
    if (from instanceof IfTag || from instanceof UnlessTag) return readChoice(from, depth);
    if (from instanceof CaseTag) return readCase(from, depth);
    const name = TypeGuards.isTagToken(from.token) ? from.token.name : from.token.getText();
    complain(
      'unsupported-tag',
      from.token.begin,
      `the tag "${name}" cannot be used; texts have if, unless and case`,
      `značku „${name}“ nelze použít; texty mají if, unless a case`,
    );
    return undefined;
  }

  function readChoice(from: IfTag | UnlessTag, depth: number): TemplateNode {
    const { branches, elseTemplates } = from;
    const isUnless = from instanceof UnlessTag;
    return {
      branches: branches.map(({ value, templates: show }, index) => {
        const when = readValue(value, complain);
        return { when: isUnless && index === 0 ? { not: when } : when, show: readTemplates(show, depth + 1) };
      }),
      ...(elseTemplates && { otherwise: readTemplates(elseTemplates, depth + 1) }),
    };
  }

  /** The first branch that fits is taken; Liquid would take each. */
  function readCase({ token, value, branches, elseTemplates }: CaseTag, depth: number): TemplateNode {
    const left = readValue(value, complain);
    if (branches.some(({ values }) => values.length === 0))
      complain('syntax', token.begin, 'a "when" has no value', '„when“ nemá žádnou hodnotu');
    return {
      branches: branches.map(({ values, templates: show }) => ({
        when: values
          .map((each): Expression => ({ operator: '==', left, right: readOperand(each, complain) }))
          .reduce<Expression | undefined>(
            (all, each) => (all ? { operator: 'or', left: all, right: each } : each),
            undefined,
          ) ?? { value: false },
        show: readTemplates(show, depth + 1),
      })),
      ...(elseTemplates.length > 0 && { otherwise: readTemplates(elseTemplates, depth + 1) }),
    };
  }
}
