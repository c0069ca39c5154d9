/** Turns what `liquidjs` read of an expression into ours; for `parse-template.ts` alone. */
import { type Filter as LiquidFilter, type Token, TypeGuards, type Value as LiquidValue } from 'liquidjs';
import type { Json } from '../../tools.ts';
import { nearestName } from '../nearest-name.ts';
import { filterOf, filters } from './filters.ts';
import { binaryOperators, type Expression, type FilterCall } from './template.ts';
import type { Complain } from './template-problem.ts';

const broken: Expression = { value: null };

/** A value with its filters, up to the end of its tag or output: what `liquidjs` left unread there is a problem. */
export function readValue({ initial, filters: calls }: LiquidValue, complain: Complain): Expression {
  const of = readPostfix(initial.postfix, complain);
  const last = initial.postfix.reduce<Token | undefined>(
    (late, each) => (late && late.end > each.end ? late : each),
    undefined,
  );
  let end = last?.end ?? 0;
  const read = calls.map((call) => {
    const source = last?.input ?? '';
    const begin = Math.max(source.indexOf(call.name, end), 0);
    end = Math.max(begin + call.name.length, ...tokensOf(call).map((token) => token.end));
    return readFilter(call, begin, complain);
  });
  if (last) complainOfRest(last.input, end, complain);
  return read.length === 0 ? of : { of, filters: read };
}

/** A value alone, as `when` has it. */
export function readOperand(token: Token, complain: Complain): Expression {
  if (TypeGuards.isQuotedToken(token)) return { value: token.content };
  if (TypeGuards.isNumberToken(token)) return { value: token.content };
  if (TypeGuards.isLiteralToken(token)) {
    if (token.literal === 'empty' || token.literal === 'blank') return { blank: true };
    return { value: token.literal === 'true' ? true : token.literal === 'false' ? false : null };
  }
  if (TypeGuards.isPropertyAccessToken(token) && token.variable === undefined) {
    const names = token.props.map(nameOf);
    if (names.every((name) => name !== undefined)) return { path: names.join('.') };
  }
  complain(
    'unsupported-value',
    token.begin,
    `${token.getText()} cannot be used here; name a variable by its whole path`,
    `${token.getText()} zde nelze použít; uveďte proměnnou celou cestou`,
  );
  return broken;
}

/** One step of a path; undefined where only the call would know it. */
function nameOf(token: Token): string | undefined {
  if (TypeGuards.isWordToken(token)) return token.content;
  if (TypeGuards.isNumberToken(token)) return String(token.content);
  if (TypeGuards.isQuotedToken(token) && token.content !== '' && !token.content.includes('.')) return token.content;
  return undefined;
}

function readPostfix(tokens: readonly Token[], complain: Complain): Expression {
  const stack: Expression[] = [];
  for (const token of tokens) {
    if (!TypeGuards.isOperatorToken(token)) {
      stack.push(readOperand(token, complain));
      continue;
    }
    const right = stack.pop();
    const written = token.operator;
    if (right && written === 'not') {
      stack.push({ not: right });
      continue;
    }
    const left = stack.pop();
    const operator = binaryOperators.find((name) => name === written);
    if (left && right && operator) stack.push({ operator, left, right });
    else return unreadable(token.begin, complain);
  }
  const [only] = stack;
  return only && stack.length === 1 ? only : unreadable(wordAfter(tokens[0]), complain);
}

function wordAfter(token: Token | undefined): number {
  const after = token?.input.slice(token.end) ?? '';
  return (token?.end ?? 0) + after.length - after.trimStart().length;
}

function unreadable(offset: number, complain: Complain): Expression {
  complain('syntax', offset, 'this cannot be read as a value', 'toto nelze přečíst jako hodnotu');
  return broken;
}

function readFilter(call: LiquidFilter, offset: number, complain: Complain): FilterCall {
  const { name } = call;
  const filter = filterOf(name);
  if (!filter) {
    const near = nearestName(name, Object.keys(filters));
    const [hintEn, hintCs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
    complain('unknown-filter', offset, `there is no filter "${name}"${hintEn}`, `filtr „${name}“ neexistuje${hintCs}`);
    return { name };
  }
  const unnamed = call.args.flatMap((each) => (Array.isArray(each) ? [] : [each]));
  const named = call.args.flatMap((each) => (Array.isArray(each) ? [each] : []));
  const allowFalse = named.find(([key]) => key === 'allow_false');
  const strange = named.find((each) => each !== allowFalse || name !== 'default');
  const [min, max] = filter.arguments;
  if (strange)
    complain('filter-arguments', offset, `${name} takes no "${strange[0]}"`, `${name} nebere „${strange[0]}“`);
  if (unnamed.length < min || unnamed.length > max) {
    const count = min === max ? `${min}` : `${min}-${max}`;
    complain('filter-arguments', offset, `${name} takes ${count} arguments`, `${name} má ${count} argumentů`);
  }
  const values = unnamed.map((token) => readOperand(token, complain));
  const problem = filter.check?.(values.map(literalOf));
  if (problem) complain('filter-arguments', offset, `${name}: ${problem.en}`, `${name}: ${problem.cs}`);
  const allows = allowFalse?.[1] && 'literal' in allowFalse[1] && allowFalse[1].literal === 'true';
  return { name, ...(values.length > 0 && { arguments: values }), ...(allows === true && { allowFalse: true }) };
}

const literalOf = (expression: Expression): Json | undefined => ('value' in expression ? expression.value : undefined);

function tokensOf({ args }: LiquidFilter): Token[] {
  return args.flatMap((each) => (Array.isArray(each) ? (each[1] ? [each[1]] : []) : [each]));
}

function complainOfRest(source: string, end: number, complain: Complain): void {
  const rest = /^(.*?)-?(?:%\}|\}\})/s.exec(source.slice(end))?.[1] ?? '';
  if (rest.trim() === '') return;
  const text = rest.trim().slice(0, 30);
  complain(
    'syntax',
    end + rest.indexOf(text.charAt(0)),
    `"${text}" cannot be read here`,
    `„${text}“ zde nelze přečíst`,
  );
}
