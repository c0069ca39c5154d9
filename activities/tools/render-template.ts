/**
 * `{{args.x}}`, `{{call.id}}`, `{{secrets.name}}` and `{{sensitive.name}}` in a tool's address, headers and body. Not a language: a name or
 * nothing, so that what a caller said can never become a template.
 */
import type { Json, JsonObject } from '../../contracts/tools.ts';
import { ToolFailure } from './tool-failure.ts';

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;
const wholePlaceholder = /^\{\{\s*([^{}]*?)\s*\}\}$/;

export interface TemplateValues {
  args: JsonObject;
  callId: string;
  /** Every secret that the templates name. */
  secrets: ReadonlyMap<string, string>;
  /** Everything that the caller typed and the templates name. */
  sensitive: ReadonlyMap<string, string>;
}

/** Names of the secrets, or of the caller's sensitive inputs, that these templates need. */
export function namesIn(root: 'secrets' | 'sensitive', ...templates: readonly (Json | undefined)[]): string[] {
  const names = new Set<string>();
  for (const [, name = ''] of JSON.stringify(templates).matchAll(placeholder)) {
    if (name.startsWith(`${root}.`)) names.add(name.slice(root.length + 1));
  }
  return [...names];
}

/** Top-level arguments that a template uses. */
export function argumentNamesIn(template: string): Set<string> {
  const names = [...template.matchAll(placeholder)].map(([, name = '']) => name.split('.'));
  return new Set(names.flatMap(([root, first]) => (root === 'args' && first !== undefined ? [first] : [])));
}

/** Values are escaped, so that none can leave its place in the address. */
export function renderUrl(template: string, values: TemplateValues): URL {
  const rendered = template.replace(placeholder, (_match, name: string) => {
    const text = textOf(valueOf(name, values));
    // A path of dots would be walked upwards, escaped or not.
    if (text === '.' || text === '..')
      throw new ToolFailure('bad-arguments', 'An argument of the tool is not allowed.');
    return encodeURIComponent(text);
  });
  if (!URL.canParse(rendered)) throw new ToolFailure('bad-template', 'The tool is not set up correctly.');
  return new URL(rendered);
}

/** Refuses values that would begin another header. */
export function renderHeader(template: string, values: TemplateValues): string {
  const rendered = template.replace(placeholder, (_match, name: string) => textOf(valueOf(name, values)));
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(rendered))
    throw new ToolFailure('bad-arguments', 'An argument of the tool holds characters that cannot be sent.');
  return rendered;
}

/** A text that is one placeholder takes the value as it is, so that numbers stay numbers; an absent one leaves its field out. */
export function renderBody(template: Json, values: TemplateValues): Json | undefined {
  if (typeof template === 'string') {
    const whole = wholePlaceholder.exec(template)?.[1];
    return whole === undefined
      ? template.replace(placeholder, (_match, name: string) => textOf(valueOf(name, values)))
      : valueOf(whole, values);
  }
  if (isList(template)) return template.map((item) => renderBody(item, values) ?? null);
  if (typeof template !== 'object' || template === null) return template;
  const fields = Object.entries(template).flatMap(([name, field]) => {
    const rendered = renderBody(field, values);
    return rendered === undefined ? [] : [[name, rendered] as const];
  });
  return Object.fromEntries(fields);
}

function valueOf(name: string, { args, callId, secrets, sensitive }: TemplateValues): Json | undefined {
  if (name === 'call.id') return callId;
  const [root, ...path] = name.split('.');
  if (root === 'secrets') {
    const secret = secrets.get(path.join('.'));
    if (secret === undefined)
      throw new ToolFailure('bad-template', 'The tool is not set up correctly.', {
        cause: `no secret ${path.join('.')}`,
      });
    return secret;
  }
  if (root === 'sensitive') {
    const typed = sensitive.get(path.join('.'));
    if (typed === undefined)
      throw new ToolFailure(
        'bad-arguments',
        'The caller has not typed it yet: ask for it with collect_sensitive first.',
      );
    return typed;
  }
  if (root !== 'args' || path.length === 0)
    throw new ToolFailure('bad-template', 'The tool is not set up correctly.', { cause: `unknown name ${name}` });
  let value: Json | undefined = args;
  for (const step of path) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
