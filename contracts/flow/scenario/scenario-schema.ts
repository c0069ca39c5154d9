/** The shape of a scenario file. What its schema cannot say is judged in `read-scenario.ts`. */
import { type Static, Type } from 'typebox';
import type { Json } from '../../tools.ts';
import { CalendarSchema } from '../calendar/calendar.ts';
import { closed, LanguageTag, Reference, VariableName } from '../schema-parts.ts';
import type { AnsweredBy as Answerer } from '../../messages.ts';
import { toolStatuses } from '../../tools.ts';
import { machineDetections } from '../../voice-provider.ts';

const Name = Type.String({ minLength: 1, maxLength: 200 });
const Seconds = Type.Number({ minimum: 0, maximum: 1_000_000 });
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const NodeName = Type.String({ minLength: 1, maxLength: 300 });
const AnyJson = Type.Unsafe<Json>({});
const Facts = Type.Record(VariableName, AnyJson, closed);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

/** One for every time, or a list: one for each time. */
const each = <Answer extends ReturnType<typeof Type.Object>>(answer: Answer) =>
  Type.Union([answer, Type.Array(answer, { minItems: 1, maxItems: 100 })]);
const after = { afterS: Type.Optional(Seconds) };
const byId = <Answer extends ReturnType<typeof Type.Object>>(answer: Answer) =>
  Type.Optional(Type.Record(NodeName, each(answer), closed));

const ToolAnswer = Type.Object(
  {
    status: Type.Optional(oneOf(toolStatuses)),
    httpStatus: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    data: Type.Optional(AnyJson),
    ...after,
  },
  closed,
);
const AssistantAnswer = Type.Object({ outcome: Name, data: Type.Optional(Facts), ...after }, closed);
const TransferAnswer = Type.Object(
  { outcome: oneOf(['completed', 'busy', 'noAnswer', 'declined', 'failed']), ...after },
  closed,
);
const QueueAnswer = Type.Object(
  {
    /** As the queue would tell it; absent: it follows from the agents, the callers who wait and the capacity. */
    outcome: Type.Optional(Name),
    /** Who takes calls of this queue, and how long from the beginning of the call each is busy; 0: ready. */
    agents: Type.Optional(
      Type.Array(Type.Object({ agentId: Type.Optional(Reference), busyS: Seconds }, closed), { maxItems: 200 }),
    ),
    waiting: Type.Optional(Count),
    estimatedWaitS: Type.Optional(Count),
    capacity: Type.Optional(Count),
    facts: Type.Optional(Facts),
    ...after,
  },
  closed,
);
const AgentAnswer = Type.Object({ outcome: oneOf(['served', 'noAnswer', 'declined', 'offline']), ...after }, closed);
const StaffingAnswer = Type.Object({ agentsReady: Count, waiting: Count, estimatedWaitS: Count, ...after }, closed);
const CallbackAnswer = Type.Object({ outcome: oneOf(['scheduled', 'refused', 'invalid']), ...after }, closed);
const SmsAnswer = Type.Object({ outcome: oneOf(['sent', 'failed']), ...after }, closed);

const Answers = Type.Object(
  {
    tools: byId(ToolAnswer),
    assistants: byId(AssistantAnswer),
    transfers: byId(TransferAnswer),
    queues: byId(QueueAnswer),
    agents: byId(AgentAnswer),
    staffing: byId(StaffingAnswer),
    callbacks: byId(CallbackAnswer),
    sms: byId(SmsAnswer),
  },
  closed,
);

/** One thing that the caller does; exactly one of the first five. */
const Action = Type.Object(
  {
    press: Type.Optional(Type.String({ pattern: '^[0-9*#]{1,64}$' })),
    say: Type.Optional(Type.String({ minLength: 1, maxLength: 3000 })),
    silent: Type.Optional(Type.Literal(true)),
    leaveMessageS: Type.Optional(Seconds),
    hangUp: Type.Optional(Type.Literal(true)),
    at: Type.Optional(NodeName),
    /** The how-many-th stay there, from 1; absent: any. */
    stay: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })),
    ...after,
  },
  closed,
);

const Bounds = Type.Object({ atLeast: Type.Optional(Seconds), atMost: Type.Optional(Seconds) }, closed);
const SaidWords = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object(
    {
      node: Type.Optional(NodeName),
      contains: Type.Optional(Type.String({ minLength: 1 })),
      equals: Type.Optional(Type.String({ minLength: 1 })),
      prompt: Type.Optional(Reference),
    },
    closed,
  ),
]);
const Written = {
  contains: Type.Optional(Type.String({ minLength: 1 })),
  equals: Type.Optional(Type.String({ minLength: 1 })),
};

const Expectation = Type.Object(
  {
    path: Type.Optional(Type.Array(NodeName, { minItems: 1, maxItems: 2000 })),
    notThrough: Type.Optional(Type.Array(NodeName, { minItems: 1, maxItems: 200 })),
    said: Type.Optional(Type.Array(SaidWords, { minItems: 1, maxItems: 500 })),
    notSaid: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 })),
    outcome: Type.Optional(Name),
    variables: Type.Optional(Facts),
    language: Type.Optional(LanguageTag),
    tags: Type.Optional(Type.Array(Name, { maxItems: 100 })),
    tools: Type.Optional(
      Type.Array(Type.Object({ tool: Reference, arguments: Type.Optional(Facts) }, closed), { maxItems: 100 }),
    ),
    sms: Type.Optional(Type.Array(Type.Object({ to: Type.Optional(Name), ...Written }, closed), { maxItems: 100 })),
    notified: Type.Optional(
      Type.Array(Type.Object({ to: Type.Optional(Reference), ...Written }, closed), { maxItems: 100 }),
    ),
    durationS: Type.Optional(Bounds),
    staysS: Type.Optional(Type.Record(NodeName, Bounds, closed)),
  },
  closed,
);

/** Who takes a call of ours, and how it was asked for. */
const AnsweredBy = Type.Object(
  {
    who: oneOf(['human', 'machine', 'fax', 'unknown'] as const satisfies readonly Answerer[]),
    /** When the carrier tells of a machine, from the answer; where it looks beside the flow. */
    afterS: Type.Optional(Seconds),
    machineDetection: Type.Optional(oneOf(machineDetections)),
    onVoicemail: Type.Optional(oneOf(['hang-up', 'leave-message'])),
  },
  closed,
);

/** What a call brings with it. What stands above `calls` counts for each of them that does not say otherwise. */
const setting = {
  clock: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  caller: Type.Optional(
    Type.Object(
      {
        number: Type.Optional(Type.String({ pattern: '^(\\+[1-9][0-9]{3,14}|anonymous)$' })),
        language: Type.Optional(LanguageTag),
        contact: Type.Optional(Facts),
      },
      closed,
    ),
  ),
  /** Our number. */
  number: Type.Optional(Type.String({ pattern: '^\\+[1-9][0-9]{3,14}$' })),
  direction: Type.Optional(oneOf(['inbound', 'outbound'])),
  answeredBy: Type.Optional(AnsweredBy),
  callId: Type.Optional(Reference),
  answers: Type.Optional(Answers),
};
const course = {
  does: Type.Optional(Type.Array(Action, { maxItems: 500 })),
  expect: Type.Optional(Expectation),
};

const Audio = Type.Record(
  LanguageTag,
  Type.Object({ audioId: Name, durationMs: Type.Integer({ minimum: 0 }) }, closed),
  closed,
);
/** A tool as far as it is not to be stood in for. */
const Tool = Type.Partial(
  Type.Object(
    {
      toolId: Reference,
      name: Name,
      description: Type.String(),
      type: Type.Literal('http'),
      parameters: Type.Record(Type.String(), AnyJson),
      endpoint: Type.String({ pattern: '^https?://' }),
      method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      headers: Type.Record(Type.String(), Type.String()),
      body: AnyJson,
      timeoutMs: Type.Integer({ minimum: 100 }),
      idempotent: Type.Boolean(),
      maxResponseBytes: Type.Integer({ minimum: 1 }),
    },
    closed,
  ),
);
const anyObject = Type.Record(Type.String(), AnyJson);

const Named = Type.Object({ name: Name });

/** What the flow refers to; stands beside the flow in `NAME.references.json` as well. What is absent is stood in for, but for calendars and flows. */
export const ScenarioReferencesSchema = Type.Object(
  {
    calendars: Type.Optional(Type.Record(Reference, CalendarSchema, closed)),
    prompts: Type.Optional(Type.Record(Reference, Type.Object({ audio: Audio }, closed), closed)),
    assistants: Type.Optional(
      Type.Record(
        Reference,
        Type.Object({ outcomes: Type.Array(Named), tools: Type.Optional(Type.Array(Named)) }),
        closed,
      ),
    ),
    queues: Type.Optional(Type.Record(Reference, Type.Object({ name: Name }), closed)),
    agents: Type.Optional(Type.Record(Reference, Type.Object({ name: Name }), closed)),
    tools: Type.Optional(Type.Record(Reference, Tool, closed)),
    webhooks: Type.Optional(Type.Record(Reference, anyObject, closed)),
    flows: Type.Optional(
      Type.Record(
        Reference,
        Type.Object(
          {
            liveVersion: Type.Optional(Type.Integer({ minimum: 1 })),
            /** A document, or the path of its file. */
            versions: Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,8}$' }), AnyJson, closed),
          },
          closed,
        ),
        closed,
      ),
    ),
  },
  closed,
);

export const ScenarioSchema = Type.Object(
  {
    scenarioVersion: Type.Literal(1),
    name: Name,
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Path of the flow's file, from the scenario's own; absent where the scenario is kept with its flow. */
    flow: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    references: Type.Optional(ScenarioReferencesSchema),
    ...setting,
    ...course,
    calls: Type.Optional(
      Type.Array(Type.Object({ name: Type.Optional(Name), ...setting, ...course }, closed), {
        minItems: 1,
        maxItems: 50,
      }),
    ),
  },
  { ...closed, $schema: 'http://json-schema.org/draft-07/schema#', title: 'Switchboard scenario' },
);

export type ScenarioDocument = Static<typeof ScenarioSchema>;
export type ScenarioReferences = Static<typeof ScenarioReferencesSchema>;
export type Action = Static<typeof Action>;
export type AnsweredBy = Static<typeof AnsweredBy>;
export type Answers = Static<typeof Answers>;
export type Bounds = Static<typeof Bounds>;
export type Expectation = Static<typeof Expectation>;
export type SaidWords = Static<typeof SaidWords>;
export type ToolAnswer = Static<typeof ToolAnswer>;
export type AssistantAnswer = Static<typeof AssistantAnswer>;
export type TransferAnswer = Static<typeof TransferAnswer>;
export type QueueAnswer = Static<typeof QueueAnswer>;
export type AgentAnswer = Static<typeof AgentAnswer>;
export type StaffingAnswer = Static<typeof StaffingAnswer>;
export type CallbackAnswer = Static<typeof CallbackAnswer>;
export type SmsAnswer = Static<typeof SmsAnswer>;
