/**
 * What a type of node is: one of these in `nodes/<type>.ts`, listed in `catalogue.ts`. The engine, the document's schema,
 * the validator and the documentation know of nodes only what stands here.
 */
import type { TObject } from 'typebox';
import type { Bilingual } from './bilingual.ts';
import type { CompiledNode, CompiledText, CompiledValue, CompiledWords } from './compiled.ts';
import type { Condition } from './conditions/condition.ts';
import type { NodeVisit } from './node-visit.ts';
import type { FlowReferences } from './references.ts';
import type { Text, Words } from './schema-parts.ts';
import type { FlowEvent } from './state.ts';
import type { VariableType } from './variables.ts';
import type { Json, JsonObject } from '../tools.ts';

/** A node in a document. */
export interface DrawnNode {
  type: string;
  edges?: Readonly<Record<string, string>>;
}

/** What a node waits for: nothing, the caller, time, or an answer from elsewhere. */
export type Waiting = 'nothing' | 'caller' | 'time' | 'world';

/** What becomes of the flow after a node's step. */
export type NodeStep =
  | { leave: string }
  /** Stays for the next event; `wait` says why. */
  | { wait: string }
  /** The call is over; `end` is what it is recorded as. */
  | { end: string }
  | { enter: string; inputs: Readonly<Record<string, Json>> }
  | { return: string };

/** One thing that is wrong with a node. */
export interface NodeProblem {
  severity: 'error' | 'warning';
  message: Bilingual;
}

// Methods, not function properties: a list of specs holds nodes of every shape.
export interface NodeSpec<Drawn extends DrawnNode = DrawnNode, Compiled extends CompiledNode = CompiledNode> {
  readonly type: Drawn['type'];
  readonly schema: TObject;
  /** One line for the palette and the documentation. */
  readonly summary: Bilingual;
  readonly waits: Waiting;
  /** A sentence or two on each parameter. */
  readonly help: Readonly<Record<Exclude<keyof Drawn, 'type' | 'edges'>, string>>;
  /** A node as an admin would write it. */
  readonly example: Drawn;
  /** Whether a call in progress can do this; what it cannot do works in scenarios, and is refused at publishing. */
  isLive(node: Drawn): boolean;
  /** Its outcomes, also by what it refers to. */
  outcomes(node: Drawn, references: FlowReferences): readonly string[];
  /** Variables under `vars` that it may set. */
  sets?(node: Drawn): readonly string[];
  /** Those of them that nobody may read in the ledger, declared so or not. */
  hides?(node: Drawn): readonly string[];
  /** What its schema cannot say, but for what it refers to. */
  check?(node: Drawn, references: FlowReferences): readonly NodeProblem[];
  /** The node as the engine takes it; what it reads is noted by the compiler. */
  compile(node: Drawn, compiler: NodeCompiler): Compiled;
  /** What it does when the call comes to it. */
  enter(node: Compiled, visit: NodeVisit): NodeStep;
  /** What it makes of an event; undefined: the event is not for it. */
  on?(node: Compiled, event: FlowEvent, visit: NodeVisit): NodeStep | undefined;
  /** What it makes of the end of the subflow that it entered. */
  returned?(node: Compiled, end: { name: string; vars: JsonObject }, visit: NodeVisit): NodeStep;
}

/** Turns the parts of a drawn node into their compiled form. Problems are collected, not thrown. */
export interface NodeCompiler {
  references: FlowReferences;
  text(text: Text): CompiledText;
  words(words: Words): CompiledWords;
  value(value: Json): CompiledValue;
  condition(condition: Condition): Condition;
  calendar(calendarId: string): void;
  tool(toolId: string): void;
  /** The key under which the engine finds a subflow; live unless a version is pinned. */
  subflow(flowId: string, version?: number): string;
  /** The type that a variable under `vars` was declared with. */
  typeOf(path: string): VariableType | undefined;
  /** Notes a variable that the node reads by other means than a template. */
  reads(path: string): void;
  isSensitive(path: string): boolean;
  problem(message: string): void;
}

export const wrong = (en: string, cs: string): NodeProblem => ({ severity: 'error', message: { en, cs } });
export const leave = (outcome: string): NodeStep => ({ leave: outcome });
export const wait = (why = 'entered'): NodeStep => ({ wait: why });
