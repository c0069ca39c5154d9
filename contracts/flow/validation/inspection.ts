/** Compiles a node to learn what it says, reads and refers to; what it is compiled to is thrown away. */
import type { Json } from '../../tools.ts';
import type { CompiledValue } from '../compiled.ts';
import type { Condition } from '../conditions/condition.ts';
import { variablesOfCondition } from '../conditions/validate.ts';
import type { DrawnNode, NodeCompiler, NodeSpec } from '../node-spec.ts';
import type { Text, Words } from '../schema-parts.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { variablesOf } from '../template/template.ts';
import { type Declarations, isList, isSensitive, typeOf } from '../variables.ts';
import type { ValidationContext } from './validation-context.ts';

export interface Inspection {
  /** The sources of all templates. */
  sources: ReadonlySet<string>;
  /** Texts that are written for languages one by one. */
  byLanguage: readonly Readonly<Record<string, string>>[];
  conditions: readonly Condition[];
  /** Paths such as `vars.order`. */
  reads: ReadonlySet<string>;
}

export function inspect(
  node: DrawnNode,
  spec: NodeSpec,
  declared: Declarations,
  references: ValidationContext,
): Inspection {
  const { compiler, inspection } = createInspector(declared, references);
  spec.compile(node, compiler);
  return inspection;
}

/** The same for a text that stands in no node. */
export function inspectText(text: Text, declared: Declarations, references: ValidationContext): Inspection {
  const { compiler, inspection } = createInspector(declared, references);
  compiler.text(text);
  return inspection;
}

function createInspector(
  declared: Declarations,
  references: ValidationContext,
): { compiler: NodeCompiler; inspection: Inspection } {
  const sources = new Set<string>();
  const byLanguage: Readonly<Record<string, string>>[] = [];
  const conditions: Condition[] = [];
  const reads = new Set<string>();

  const source = (written: string): void => {
    if (!written.includes('{{') && !written.includes('{%')) return;
    sources.add(written);
    const parsed = parseTemplate(written);
    if ('template' in parsed) for (const path of variablesOf(parsed.template)) reads.add(path);
  };
  const text = (written: Text): string => {
    if (typeof written === 'string') source(written);
    else {
      byLanguage.push(written);
      Object.values(written).forEach(source);
    }
    return '';
  };
  const value = (written: Json): CompiledValue => {
    if (typeof written === 'string') source(written);
    else if (isList(written)) written.forEach(value);
    else if (typeof written === 'object' && written !== null) Object.values(written).forEach(value);
    return { literal: null };
  };
  const compiler: NodeCompiler = {
    references,
    text,
    words: (words) => (isPrompt(words) ? words : text(words)),
    value,
    condition: (condition) => {
      conditions.push(condition);
      for (const path of variablesOfCondition(condition)) reads.add(path);
      return condition;
    },
    // What it refers to is found by the names of its fields.
    calendar: () => undefined,
    tool: () => undefined,
    subflow: (flowId) => flowId,
    typeOf: (path) => typeOf(path, declared),
    reads: (path) => void reads.add(path),
    isSensitive: (path) => isSensitive(path, declared),
    problem: () => undefined,
  };
  return { compiler, inspection: { sources, byLanguage, conditions, reads } };
}

const isPrompt = (words: Words): words is { promptId: string } => typeof words === 'object' && 'promptId' in words;
