/** Compiles one node, and notes on the way what it reads, what it refers to and what is wrong with its texts. */
import type { Json } from '../tools.ts';
import { specOf } from './catalogue.ts';
import type { CompiledNode, CompiledPart, CompiledText, CompiledValue } from './compiled.ts';
import { validateCondition, variablesOfCondition } from './conditions/validate.ts';
import type { DrawnNode, NodeCompiler } from './node-spec.ts';
import type { FlowReferences } from './references.ts';
import type { Text } from './schema-parts.ts';
import { parseTemplate } from './template/parse-template.ts';
import { variablesOf } from './template/template.ts';
import { type Declarations, isList, isSensitive, suggestPath, typeOf } from './variables.ts';
import { own } from './own.ts';

/** What is noted while parts are compiled. */
export interface CompilerNotes {
  /** Paths such as `vars.order`. */
  readonly reads: Set<string>;
  readonly promptIds: Set<string>;
  readonly calendarIds: Set<string>;
  readonly toolIds: Set<string>;
  readonly subflows: { flowId: string; version: number }[];
  readonly problems: string[];
}

/** Absent where there is no such type of node. */
export function compileNode(drawn: DrawnNode, compiler: NodeCompiler): CompiledNode | undefined {
  const spec = specOf(drawn.type);
  if (!spec) compiler.problem(`there is no node of type "${drawn.type}"`);
  return spec?.compile(drawn, compiler);
}

export function createCompiler(
  references: FlowReferences,
  declared: Declarations,
): { compiler: NodeCompiler; notes: CompilerNotes } {
  const notes: CompilerNotes = {
    reads: new Set(),
    promptIds: new Set(),
    calendarIds: new Set(),
    toolIds: new Set(),
    subflows: [],
    problems: [],
  };
  const problem = (message: string): void => void notes.problems.push(message);
  const read = (path: string): void => {
    notes.reads.add(path);
    if (typeOf(path, declared) !== undefined) return;
    const meant = suggestPath(path, declared);
    problem(`nothing is known as "${path}"${meant === undefined ? '' : `; "${meant}" is`}`);
  };
  const part = (source: string): CompiledPart => {
    if (!source.includes('{{') && !source.includes('{%')) return source;
    const parsed = parseTemplate(source);
    if ('template' in parsed) {
      for (const path of variablesOf(parsed.template)) read(path);
      return { template: parsed.template };
    }
    for (const { line, column, message } of parsed.problems) problem(`text, ${line}:${column}: ${message.en}`);
    return source;
  };
  const text = (source: Text): CompiledText =>
    typeof source === 'string' ? part(source) : { languages: mapValues(source, part) };
  const compiler: NodeCompiler = {
    references,
    text,
    words: (words) => {
      if (typeof words === 'string' || !('promptId' in words)) return text(words);
      const { promptId } = words;
      notes.promptIds.add(promptId);
      if (!own(references.prompts, promptId)) problem(`there is no prompt "${promptId}"`);
      return { promptId };
    },
    value: (value) => compileValue(value, compiler),
    condition: (condition) => {
      for (const path of variablesOfCondition(condition)) notes.reads.add(path);
      for (const { message } of validateCondition(condition, (path) => typeOf(path, declared))) problem(message.en);
      return condition;
    },
    calendar: (calendarId) => void notes.calendarIds.add(calendarId),
    tool: (toolId) => void notes.toolIds.add(toolId),
    subflow: (flowId, pinned) => {
      const version = pinned ?? own(references.flows, flowId)?.liveVersion;
      if (version === undefined || !own(references.flows, flowId)?.versions[version])
        problem(`there is no such version of the flow "${flowId}"`);
      else notes.subflows.push({ flowId, version });
      return subflowKey(flowId, version ?? 0);
    },
    typeOf: (path) => typeOf(path, declared),
    reads: read,
    isSensitive: (path) => isSensitive(path, declared),
    problem,
  };
  return { compiler, notes };
}

/** How the engine finds a version of a subflow. */
export const subflowKey = (flowId: string, version: number): string => `${flowId}@${version}`;

function compileValue(value: Json, compiler: NodeCompiler): CompiledValue {
  if (typeof value === 'string') {
    const path = /^\{\{\s*([a-z]+(?:\.[A-Za-z0-9_]+)+)\s*\}\}$/.exec(value)?.[1];
    if (path === undefined) return { text: compiler.text(value) };
    compiler.reads(path);
    return { path };
  }
  if (typeof value !== 'object' || value === null) return { literal: value };
  if (isList(value)) return { items: value.map((item) => compileValue(item, compiler)) };
  return { fields: mapValues(value, (field) => compileValue(field, compiler)) };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
