/** The variables of one flow: `vars.*`, and what it expects of `contact.*`; declared in its document. */
import { type Static, Type } from 'typebox';
import type { Json, JsonObject } from '../tools.ts';
import { specOf } from './catalogue.ts';
import type { CompiledFlow } from './compiled.ts';
import type { DrawnNode } from './node-spec.ts';
import type { FlowState } from './state.ts';
import { closed, VariableName } from './schema-parts.ts';
import { type Declarations, type VariableDeclaration, type VariableType, variableTypes } from './variables.ts';
import { own } from './own.ts';

const VariableDeclarationSchema = Type.Object(
  {
    type: Type.Unsafe<VariableType>({ type: 'string', enum: [...variableTypes] }),
    /** Stands in until the flow sets another value. */
    default: Type.Optional(Type.Unsafe<Json>({})),
    /** Kept out of decisions and of what an assistant is told. */
    sensitive: Type.Optional(Type.Boolean()),
  },
  closed,
);
export const VariableDeclarationsSchema = Type.Record(VariableName, VariableDeclarationSchema, closed);
type Declared = Static<typeof VariableDeclarationsSchema>;

/** All that the flow's texts and rules may name, by full path; what a node sets without a declaration is JSON. */
export function declarationsOf({
  variables = {},
  contact = {},
  nodes,
}: {
  variables?: Declared;
  contact?: Declared;
  nodes: Readonly<Record<string, DrawnNode>>;
}): Declarations {
  const declared: Record<string, VariableDeclaration> = {};
  for (const node of Object.values(nodes))
    for (const name of specOf(node.type)?.sets?.(node) ?? []) declared[`vars.${name}`] = { type: 'json' };
  for (const [name, declaration] of Object.entries(variables)) declared[`vars.${name}`] = declaration;
  for (const [name, declaration] of Object.entries(contact)) declared[`contact.${name}`] = declaration;
  return declared;
}

/** What may be told to an assistant of a flow's variables: those that are not sensitive. */
export function openVariables(
  flow: Pick<CompiledFlow, 'variables' | 'subflows'>,
  { subflow, vars }: Pick<FlowState, 'subflow' | 'vars'>,
): JsonObject {
  const declared = (subflow === undefined ? flow : own(flow.subflows, subflow))?.variables ?? {};
  return Object.fromEntries(Object.entries(vars).filter(([name]) => own(declared, name)?.sensitive !== true));
}
