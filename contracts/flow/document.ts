import { Type, type Static } from 'typebox';

/** The flow document: what a tenant admin draws. Node ids are readable; positions are kept apart from meaning. */
const NodeId = Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' });
const Text = Type.Union([
  Type.String({ minLength: 1, maxLength: 3000 }),
  Type.Record(Type.String(), Type.String({ minLength: 1 })),
]);
const Edges = Type.Record(Type.String(), NodeId);
const closed = { additionalProperties: false } as const;

export const StartNode = Type.Object({ type: Type.Literal('start'), edges: Edges }, closed);
export const SayNode = Type.Object(
  { type: Type.Literal('say'), text: Text, voiceId: Type.Optional(Type.String()), edges: Edges },
  closed,
);
export const CollectNode = Type.Object(
  {
    type: Type.Literal('collect'),
    prompt: Text,
    /** Variable under `vars` that takes the digits. */
    variable: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$' }),
    minDigits: Type.Integer({ minimum: 1, maximum: 64 }),
    maxDigits: Type.Integer({ minimum: 1, maximum: 64 }),
    finishOnKey: Type.String({ pattern: '^[0-9*#]?$' }),
    timeoutMs: Type.Integer({ minimum: 1000, maximum: 60_000 }),
    tries: Type.Integer({ minimum: 1, maximum: 10 }),
    edges: Edges,
  },
  closed,
);
export const AssistantNode = Type.Object(
  { type: Type.Literal('assistant'), assistantId: Type.String({ minLength: 1 }), edges: Edges },
  closed,
);
export const HangupNode = Type.Object(
  {
    type: Type.Literal('hangup'),
    lastWords: Type.Optional(Text),
    reason: Type.Optional(Type.String()),
    edges: Type.Optional(Edges),
  },
  closed,
);

export const FlowNodeSchema = Type.Union([StartNode, SayNode, CollectNode, AssistantNode, HangupNode]);
export const FlowDocumentSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    languages: Type.Array(Type.String(), { minItems: 1 }),
    /** Speaks where a node names no voice. */
    voiceId: Type.String({ minLength: 1 }),
    start: NodeId,
    nodes: Type.Record(NodeId, FlowNodeSchema),
    /** Taken where an outcome has no edge; without it the number's degraded plan. */
    fault: Type.Optional(NodeId),
    /** What a call that we place leaves on an answering machine. */
    voicemailMessage: Type.Optional(Text),
    layout: Type.Optional(Type.Record(NodeId, Type.Object({ x: Type.Number(), y: Type.Number() }))),
  },
  closed,
);

export type FlowNode = Static<typeof FlowNodeSchema>;
export type FlowDocument = Static<typeof FlowDocumentSchema>;
