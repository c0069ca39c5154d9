/** Turns a document into what the engine walks; once, when a version is published. */
import { AppError } from '../errors.ts';
import { specOf } from './catalogue.ts';
import { compileNode, createCompiler, subflowKey } from './compile-node.ts';
import type { CompiledFlow, CompiledGraph, CompiledNode } from './compiled.ts';
import { declarationsOf } from './declared-variables.ts';
import type { FlowDocument } from './document.ts';
import type { NodeCompiler } from './node-spec.ts';
import type { FlowReferences } from './references.ts';
import type { Declarations, VariableDeclaration } from './variables.ts';
import { own } from './own.ts';

/** It travels with every call. */
export const maxCompiledBytes = 1_000_000;

/** Throws `flow-invalid` with all that stands in the way; a document that passed the validator with these references compiles. */
export function compileFlow(document: FlowDocument, references: FlowReferences): CompiledFlow {
  const compilation = createCompilation(references);
  const graph = compilation.graph(document);
  const { voicemailMessage, machineDetection, name } = document;
  const compiled: CompiledFlow = {
    compiledVersion: 1,
    name,
    ...graph,
    ...(voicemailMessage !== undefined && {
      voicemailMessage: compilation.part('voicemailMessage', declarationsOf(document), (of) =>
        of.text(voicemailMessage),
      ),
    }),
    ...(machineDetection !== undefined && { machineDetection }),
    ...compilation.embedded,
  };
  const { problems } = compilation;
  const bytes = new TextEncoder().encode(JSON.stringify(compiled)).length;
  if (bytes > maxCompiledBytes) problems.push(`it takes ${bytes} bytes, and ${maxCompiledBytes} are allowed`);
  if (problems.length === 0) return compiled;
  throw new AppError('flow-invalid', `the flow cannot be compiled:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

type Embedded = Pick<CompiledFlow, 'subflows' | 'prompts' | 'tools' | 'calendars'>;

function createCompilation(references: FlowReferences) {
  const problems: string[] = [];
  const subflows: Record<string, CompiledGraph> = {};
  const prompts: Record<string, Embedded['prompts'][string]> = {};
  const tools: Record<string, Embedded['tools'][string]> = {};
  const calendars: Record<string, Embedded['calendars'][string]> = {};
  /** A subflow that leads to itself is compiled once. */
  const begun = new Set<string>();

  function part<Part>(at: string, declared: Declarations, compile: (compiler: NodeCompiler) => Part): Part {
    const { compiler, notes } = createCompiler(references, declared);
    const compiled = compile(compiler);
    for (const message of notes.problems) problems.push(`${at}: ${message}`);
    embed(prompts, references.prompts, notes.promptIds);
    embed(tools, references.tools, notes.toolIds);
    embed(calendars, references.calendars, notes.calendarIds);
    for (const { flowId, version } of notes.subflows) subflow(flowId, version);
    return compiled;
  }

  function subflow(flowId: string, version: number): void {
    const key = subflowKey(flowId, version);
    const document = own(references.flows, flowId)?.versions[version];
    if (!document || begun.has(key)) return;
    begun.add(key);
    subflows[key] = graph(document, `${key}/`);
  }

  function graph(document: FlowDocument, prefix = ''): CompiledGraph {
    const { start, fault, languages, voiceId, timeZone = 'UTC', contact = {} } = document;
    const declared = declarationsOf(document);
    const nodes: Record<string, CompiledNode> = {};
    for (const [nodeId, drawn] of Object.entries(document.nodes)) {
      const node = part(`${prefix}${nodeId}`, declared, (compiler) => compileNode(drawn, compiler));
      if (node) nodes[nodeId] = node;
    }
    const variables = withHidden(document);
    return { start, ...(fault !== undefined && { fault }), languages, voiceId, timeZone, variables, contact, nodes };
  }

  const embedded: Embedded = { subflows, prompts, tools, calendars };
  return { problems, embedded, graph, part };
}

/** The declared variables, and those that a node hides whether they are declared or not. */
function withHidden({ variables = {}, nodes }: FlowDocument): Record<string, VariableDeclaration> {
  const all: Record<string, VariableDeclaration> = { ...variables };
  for (const node of Object.values(nodes))
    for (const name of specOf(node.type)?.hides?.(node) ?? [])
      all[name] = { ...(all[name] ?? { type: 'text' }), sensitive: true };
  return all;
}

function embed<Value>(
  into: Record<string, Value>,
  from: Readonly<Record<string, Value>> | undefined,
  ids: Iterable<string>,
): void {
  for (const id of ids) {
    const value = own(from, id);
    if (value !== undefined) into[id] = value;
  }
}
