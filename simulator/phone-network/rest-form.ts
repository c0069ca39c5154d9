import { RestError } from './rest-error.ts';
import { type AttributeRule, valueProblem } from './twiml-grammar.ts';

/** The parameters that a REST operation takes. */
export type RestParameters = Readonly<Record<string, AttributeRule>>;

export const TEXT: AttributeRule = { kind: 'text' };
export const URL_PARAMETER: AttributeRule = { kind: 'text', pattern: /^(https?:\/\/\S+)?$/ };
export const METHOD: AttributeRule = { kind: 'one-of', values: ['GET', 'POST'] };
export const BOOLEAN: AttributeRule = { kind: 'one-of', values: ['true', 'false'] };
export const DATE: AttributeRule = { kind: 'text', pattern: /^\d{4}-\d\d-\d\d/ };
export const oneOf = (...values: string[]): AttributeRule => ({ kind: 'one-of', values });
export const integer = (least: number, most: number): AttributeRule => ({ kind: 'integer', least, most });

const PAGING: RestParameters = { PageSize: integer(1, 1000), Page: integer(0, 1_000_000), PageToken: TEXT };

/** Parameters of one request, checked against what its operation knows. */
export class RestForm {
  readonly #params: URLSearchParams;

  /** An unknown parameter, a repeated single one or a bad value is error 20001 and names the parameter. */
  constructor(params: URLSearchParams, known: RestParameters, lists: readonly string[] = []) {
    this.#params = params;
    const rules = { ...known, ...PAGING };
    for (const [name, value] of params) {
      const rule = rules[name];
      if (!rule) throw new RestError(400, 20_001, `Unknown parameter ${name}`);
      const problem = valueProblem(rule, value);
      if (problem) throw new RestError(400, 20_001, `Invalid parameter ${name}: ${problem}`);
      if (!lists.includes(name) && params.getAll(name).length > 1) {
        throw new RestError(400, 20_001, `Parameter ${name} is given more than once`);
      }
    }
  }

  /** A parameter's value; an empty one counts as absent. */
  text(name: string): string | undefined {
    return this.#params.get(name) || undefined;
  }

  has(name: string): boolean {
    return this.#params.has(name);
  }

  list(name: string): string[] {
    return this.#params.getAll(name);
  }

  number(name: string, byDefault: number): number {
    const value = this.text(name);
    return value === undefined ? byDefault : Number(value);
  }

  isTrue(name: string): boolean {
    return this.text(name) === 'true';
  }

  method(name: string): 'GET' | 'POST' {
    return this.text(name) === 'GET' ? 'GET' : 'POST';
  }

  /** All parameters that were given, as they stand. */
  entries(): Record<string, string> {
    return Object.fromEntries(this.#params);
  }
}
