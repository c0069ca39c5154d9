/** A call as its ledger holds it, read back into what happened and what came of it. */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { LanguageTag } from '../../languages.ts';
import { type Json, type JsonObject, toolStatuses } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import type { CompiledFlow } from '../compiled.ts';
import { masked } from '../masking.ts';
import type { Decision, FlowEvent } from '../state.ts';

/** A call that is over, as far as a replay needs it. */
export interface StoredCall {
  callId: string;
  flowId: string;
  flowVersion: number;
  /** The language that it began in. */
  language: LanguageTag;
  /** The other side's number, which the ledger masks; absent: what depends on it cannot be told. */
  callerNumber?: string;
  /** In order. */
  decisions: readonly Decision[];
  /** The version that it went through; absent: whether two nodes ask the same is judged by their names alone. */
  flow?: CompiledFlow;
}

/** Something that came to a node, and the decisions that it led to. */
export interface Happening {
  event: FlowEvent;
  /** Where it came to: the subflow, if any, and the node. */
  place: string;
  nodeType: string;
  /** It belonged to nothing and changed nothing. */
  isStray: boolean;
  /** The ledger hides what it said. */
  isMasked: boolean;
  decisions: readonly Decision[];
}

const text = Type.String();
const data = Type.Optional(Type.Unsafe<Json>({}));
const facts = Type.Optional(Type.Unsafe<JsonObject>({ type: 'object' }));
const literals = <Name extends string>(...names: readonly Name[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));

const EventSchema = Type.Union([
  Type.Object({ type: Type.Literal('started'), call: facts, caller: facts, contact: facts }),
  Type.Object({ type: Type.Literal('done') }),
  Type.Object({ type: Type.Literal('digits'), digits: text }),
  Type.Object({ type: Type.Literal('speech'), text }),
  Type.Object({ type: Type.Literal('assistantLeft'), outcome: text, data: facts }),
  Type.Object({
    type: Type.Literal('dialEnded'),
    status: literals('completed', 'busy', 'no-answer', 'declined', 'failed', 'canceled'),
  }),
  Type.Object({ type: Type.Literal('voicemailLeft'), recordingId: Type.Optional(text), durationS: Type.Number() }),
  Type.Object({
    type: Type.Literal('toolAnswered'),
    status: literals(...toolStatuses),
    httpStatus: Type.Optional(Type.Number()),
    data,
  }),
  Type.Object({ type: Type.Literal('smsEnded'), status: literals('sent', 'failed') }),
  Type.Object({ type: Type.Literal('queueEnded'), outcome: text, facts }),
  Type.Object({
    type: Type.Literal('agentEnded'),
    outcome: literals('served', 'noAnswer', 'declined', 'offline'),
  }),
  Type.Object({ type: Type.Literal('callbackPlanned'), outcome: literals('scheduled', 'refused', 'invalid') }),
  Type.Object({
    type: Type.Literal('staffing'),
    agentsReady: Type.Number(),
    waiting: Type.Number(),
    estimatedWaitS: Type.Number(),
  }),
  Type.Object({ type: Type.Literal('hungUp') }),
]);

/** What happened in a call, its beginning first; empty where the ledger holds no beginning. */
export function happeningsOf({ decisions, callerNumber }: StoredCall): Happening[] {
  const found: Happening[] = [];
  for (const decision of decisions) {
    const { event, nodeId, nodeType, subflow, atMs, rule } = decision;
    if (event) {
      const read = readEvent(event, atMs, callerNumber);
      if (!read) continue;
      const isStray = rule === 'ignored';
      if (found.length === 0 && (read.event.type !== 'started' || isStray)) continue;
      found.push({ ...read, place: placeOf(subflow, nodeId), nodeType, isStray, decisions: [decision] });
    } else {
      const last = found.at(-1);
      if (last) found[found.length - 1] = { ...last, decisions: [...last.decisions, decision] };
    }
  }
  return found;
}

function readEvent(
  json: JsonObject,
  atMs: number,
  callerNumber: string | undefined,
): Pick<Happening, 'event' | 'isMasked'> | undefined {
  const { data: told, ...rest } = json;
  const hidesData = told === masked;
  const candidate: unknown = hidesData ? rest : json;
  if (!Value.Check(EventSchema, candidate)) return undefined;
  return { event: { ...withNumber(candidate, callerNumber), atMs }, isMasked: hidesData || hidesWords(candidate) };
}

function withNumber(event: Static<typeof EventSchema>, callerNumber: string | undefined): Static<typeof EventSchema> {
  if (event.type !== 'started' || callerNumber === undefined || !isObject(event.caller)) return event;
  return { ...event, caller: { ...event.caller, number: callerNumber } };
}

function hidesWords(event: Static<typeof EventSchema>): boolean {
  if (event.type === 'digits') return event.digits.startsWith('•');
  return event.type === 'speech' && event.text === masked;
}

/** The same for the same node of the same flow, whichever version of a subflow it stands in. */
export function placeOf(subflow: string | undefined, nodeId: string): string {
  return subflow === undefined ? nodeId : `${subflow.replace(/@\d+$/, '')}/${nodeId}`;
}
