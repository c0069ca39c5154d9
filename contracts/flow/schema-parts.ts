/** The parts that nodes' schemas are made of. */
import { type Static, type TProperties, Type } from 'typebox';
import type { Json } from '../tools.ts';

export const closed = { additionalProperties: false } as const;

/** The forms of names. */
export const patterns = {
  nodeId: '^[a-z][a-z0-9-]{0,63}$',
  variableName: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$',
  languageTag: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
  outcomeName: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$',
} as const;

/** Readable, since people meet it in problems, decisions and paths. */
export const NodeId = Type.String({ pattern: patterns.nodeId });
export const VariableName = Type.String({ pattern: patterns.variableName });
export const LanguageTag = Type.String({ pattern: patterns.languageTag });
/** Names something that the tenant keeps beside the flow: an assistant, a calendar, a tool, a queue. */
export const Reference = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$' });

const Written = Type.String({ minLength: 1, maxLength: 3000 });
const ByLanguage = Type.Record(LanguageTag, Written, { ...closed, minProperties: 1 });
/** A template, or one for each language. */
export const Text = Type.Union([Written, ByLanguage]);
/** What the caller hears: a text, or an audio prompt that the tenant recorded. */
export const Words = Type.Union([Written, Type.Object({ promptId: Reference }, closed), ByLanguage]);
export const VoiceId = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), ByLanguage]);

/** Names what an admin tells apart: options, rules, branches. It is a node's outcome. */
export const OutcomeName = Type.String({ pattern: patterns.outcomeName });
/** Values that are handed on; text in them is a template, and `{{ vars.x }}` alone keeps the variable's own type. */
export const Values = Type.Record(VariableName, Type.Unsafe<Json>({}), closed);
export const Key = Type.String({ pattern: '^[0-9*#]$' });
export const TimeoutMs = Type.Integer({ minimum: 1000, maximum: 60_000 });
export const Tries = Type.Integer({ minimum: 1, maximum: 10 });
export const RingTimeoutS = Type.Integer({ minimum: 5, maximum: 600 });

/** A webhook of the tenant's, or people who are told. */
export const NotifyTo = Type.Union([
  Type.Object({ webhookId: Reference }, closed),
  Type.Object({ people: Type.Array(Reference, { minItems: 1, maxItems: 20 }) }, closed),
]);

/** Where each outcome leads. */
const Edges = Type.Record(Type.String({ pattern: '^.{1,64}$' }), NodeId);

export type Text = Static<typeof Text>;
export type Words = Static<typeof Words>;

/** The schema of one node: its type, its parameters, its edges. */
export function nodeSchema<Name extends string, Parameters extends TProperties>(type: Name, parameters: Parameters) {
  return Type.Object({ type: Type.Literal(type), ...parameters, edges: Edges }, closed);
}

/** The same for a node that the caller does not leave. */
export function lastNodeSchema<Name extends string, Parameters extends TProperties>(
  type: Name,
  parameters: Parameters,
) {
  return Type.Object({ type: Type.Literal(type), ...parameters, edges: Type.Optional(Edges) }, closed);
}
