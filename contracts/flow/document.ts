/** The flow document: what a tenant admin draws. Positions are kept apart from meaning. */
import { type Static, Type } from 'typebox';
import { type catalogue, nodeSpecs } from './catalogue.ts';
import { VariableDeclarationsSchema } from './declared-variables.ts';
import { closed, LanguageTag, NodeId, Text, VoiceId } from './schema-parts.ts';

const frame = {
  schemaVersion: Type.Literal(1),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  languages: Type.Array(LanguageTag, { minItems: 1, maxItems: 20, uniqueItems: true }),
  /** Speaks where a node names no voice. */
  voiceId: VoiceId,
  /** IANA zone for dates in texts; UTC unless said. */
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** `vars.*`; what nodes set without a declaration has no default. */
  variables: Type.Optional(VariableDeclarationsSchema),
  /** `contact.*`, as far as the flow counts on it. */
  contact: Type.Optional(VariableDeclarationsSchema),
  start: NodeId,
  /** Taken where an outcome has no edge; without it the number's degraded plan. */
  fault: Type.Optional(NodeId),
  /** What a call that we place leaves on an answering machine. */
  voicemailMessage: Type.Optional(Text),
  /** Whether the carrier looks who answers a call that we place; a request may say otherwise. */
  machineDetection: Type.Optional(Type.Union([Type.Literal('off'), Type.Literal('sync'), Type.Literal('async')])),
};
const place = Type.Object({ x: Type.Number(), y: Type.Number() }, closed);

/**
 * Without what the nodes are: each is judged by its own type's schema, which names the fault better than a union, and so
 * are their ids by a rule.
 */
export const FlowFrameSchema = Type.Object(
  {
    ...frame,
    nodes: Type.Record(NodeId, Type.Object({ type: Type.String() })),
    layout: Type.Optional(Type.Record(NodeId, place)),
  },
  closed,
);

/** The whole document, as it is published for editors and other programs. */
export const FlowDocumentSchema = Type.Object(
  {
    ...frame,
    nodes: Type.Record(NodeId, Type.Union(nodeSpecs.map(({ schema }) => schema)), closed),
    layout: Type.Optional(Type.Record(NodeId, place, closed)),
  },
  { ...closed, $schema: 'http://json-schema.org/draft-07/schema#', title: 'Switchboard flow' },
);

export type FlowNode = (typeof catalogue)[keyof typeof catalogue]['example'];
export type FlowDocument = Omit<Static<typeof FlowFrameSchema>, 'nodes'> & { nodes: Record<string, FlowNode> };
