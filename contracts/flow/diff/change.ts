/** How two flows differ, in terms of what people draw. */
import type { LanguageTag } from '../../languages.ts';
import type { Json, JsonObject } from '../../tools.ts';

/**
 * A value that is there before, after, or in both. Items of a list that have names are known by them, whatever their
 * place: `options`, `order`, `prompt`. Without a node it is about the flow as a whole.
 */
export interface FieldChange {
  type: 'field';
  nodeId?: string;
  path: readonly string[];
  /** Of a text that is said by language. */
  language?: LanguageTag;
  before?: Json;
  after?: Json;
}

/** The same named items in another order, which decides where the first that fits wins. */
export interface OrderChange {
  type: 'order';
  nodeId?: string;
  path: readonly string[];
  before: readonly string[];
  after: readonly string[];
}

export type FlowChange =
  | { type: 'nodeAdded'; nodeId: string; node: JsonObject }
  | { type: 'nodeRemoved'; nodeId: string; node: JsonObject }
  /** Everything that led to it leads to the new name; that is no change of its own. */
  | { type: 'nodeRenamed'; nodeId: string; before: string }
  | { type: 'typeChanged'; nodeId: string; before: JsonObject; after: JsonObject }
  | { type: 'edge'; nodeId: string; outcome: string; before?: string; after?: string }
  | FieldChange
  | OrderChange;

export interface FlowDiff {
  /** Of what happens to calls: the flow's own first, then by node. */
  changes: readonly FlowChange[];
  /** What only stands elsewhere on the canvas. */
  moved: readonly { nodeId: string; before?: Json; after?: Json }[];
}
