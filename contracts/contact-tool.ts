/** The tool that is asked before a flow begins, so that the flow knows who calls: `contact.*`. */
import type { JsonObject, ToolDefinition } from './tools.ts';
import { valueAt } from './flow/variables.ts';

export interface ContactMapping {
  /** The tool's arguments by name, each a variable that is known when a call comes in, such as `caller.number`. */
  arguments: Readonly<Record<string, string>>;
  /** Names under `contact`, each with its path in the tool's answer such as `customer.name`; absent: the answer as it is. */
  fills?: Readonly<Record<string, string>>;
}

/** As it travels with a call. */
export interface ContactTool extends ContactMapping {
  tool: ToolDefinition;
}

/** What the tool is asked; a variable that has no value is left out. */
export function contactArguments(
  { arguments: wanted }: ContactMapping,
  known: { caller: JsonObject; call: JsonObject },
): JsonObject {
  return mapped(wanted, known);
}

/** What `contact.*` becomes of the tool's answer. */
export function contactOf({ fills }: ContactMapping, answer: JsonObject): JsonObject {
  return fills === undefined ? answer : mapped(fills, answer);
}

function mapped(paths: Readonly<Record<string, string>>, from: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([name, path]) => {
      const value = valueAt(from, path);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
