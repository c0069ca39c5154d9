/** What happened in a call, from its ledger: what the caller did, and what everything outside answered. */
import { type Json, type JsonObject, type ToolStatus, toolStatuses } from '../../../tools.ts';
import { isObject } from '../../bounds.ts';
import type { CompiledFlow, CompiledNode } from '../../compiled.ts';
import { compilePattern, matchesPattern } from '../../conditions/pattern.ts';
import { masked } from '../../masking.ts';
import { own } from '../../own.ts';
import { nodeAt } from '../../replay/ledger-steps.ts';
import type { Decision } from '../../state.ts';
import type { Action, Answers } from '../scenario-schema.ts';
import { placeOf } from '../stays.ts';
import type { StandIns } from './stand-ins.ts';

export interface RecordedCourse {
  contact: Json;
  does: readonly Action[];
  answers: Json;
}

/** By kind and node: each time's own. */
type Given = Record<string, Record<string, JsonObject[]>>;

/** With stand-ins for what is personal. */
export function recordedCourse(decisions: readonly Decision[], flow: CompiledFlow, standIns: StandIns): RecordedCourse {
  const does: Action[] = [];
  const given: Given = {};
  let contact: Json = {};
  let sinceMs = decisions[0]?.atMs ?? 0;
  const stays = stayNumbers();
  for (const decision of decisions) {
    const stay = stays(decision);
    const { event, atMs, rule, nodeId } = decision;
    if (!event || rule === 'ignored') continue;
    const type = textOf(event['type']);
    const moment = {
      event,
      decision,
      node: nodeAt(flow, decision.subflow, nodeId),
      stay,
      afterS: (atMs - sinceMs) / 1000,
      flow,
      standIns,
    };
    sinceMs = atMs;
    if (type === 'started') contact = standIns.json(event['contact'] ?? {});
    const action = own(actions, type)?.(moment);
    if (action) does.push({ ...action, at: placeOf(decision) });
    const answered = own(answers, type)?.(moment);
    if (!answered) continue;
    const [kind, answer] = answered;
    const afterS = Math.min(moment.afterS, longestOf(moment.node, kind, flow));
    ((given[kind] ??= {})[nodeId] ??= []).push({ ...answer, afterS });
  }
  return { contact, does, answers: given };
}

/** One event, and where the call was when it came. */
interface Moment {
  event: JsonObject;
  decision: Decision;
  node: CompiledNode | undefined;
  stay: number;
  /** Since the event before it. */
  afterS: number;
  flow: CompiledFlow;
  standIns: StandIns;
}

/** By the type of an event: what the caller did. */
const actions: Readonly<Record<string, (moment: Moment) => Action | undefined>> = {
  digits: ({ event, node, standIns, decision, afterS }) => ({
    ...pressed(textOf(event['digits']), node, standIns, decision),
    afterS,
  }),
  speech: ({ event, decision, standIns, afterS }) => ({
    say: saidInstead(textOf(event['text']), decision, standIns),
    afterS,
  }),
  voicemailLeft: ({ event }) => ({ leaveMessageS: numberOf(event['durationS']) }),
  hungUp: ({ stay, afterS }) => ({ hangUp: true, ...(stay > 1 && { stay }), afterS }),
  done: ({ node }) => (node?.type === 'voicemail' ? { silent: true } : undefined),
};

/** By the type of an event: what was answered, and by whom. */
const answers: Readonly<Record<string, (moment: Moment) => [keyof Answers, JsonObject] | undefined>> = {
  assistantLeft: (moment) => ['assistants', { outcome: textOf(moment.event['outcome']), ...told(moment) }],
  toolAnswered: (moment) => {
    const { status, httpStatus } = moment.event;
    const known = { ...(isStatus(status) && { status }), ...(httpStatus !== undefined && { httpStatus }) };
    return ['tools', { ...known, ...told(moment) }];
  },
  dialEnded: ({ event }) => ['transfers', { outcome: own(dialOutcomes, textOf(event['status'])) ?? 'failed' }],
  smsEnded: ({ event }) => ['sms', { outcome: textOf(event['status']) }],
  queueEnded: ({ event: { outcome, facts } }) => [
    'queues',
    { outcome: textOf(outcome), ...(isObject(facts) && { facts }) },
  ],
  agentEnded: ({ event }) => ['agents', { outcome: textOf(event['outcome']) }],
  callbackPlanned: ({ event }) => ['callbacks', { outcome: textOf(event['outcome']) }],
  staffing: ({ event }) => [
    'staffing',
    {
      agentsReady: numberOf(event['agentsReady']),
      waiting: numberOf(event['waiting']),
      estimatedWaitS: numberOf(event['estimatedWaitS']),
    },
  ],
  unanswered: ({ node }) =>
    node?.type === 'http'
      ? ['tools', { status: 'failed' }]
      : node?.type === 'sms'
        ? ['sms', { outcome: 'failed' }]
        : undefined,
};

/** What a tool or an assistant has told. */
function told({ event: { data }, node, flow, decision, standIns }: Moment): JsonObject {
  if (data === undefined) return {};
  return { data: data === masked ? unread(node, flow, decision) : standIns.json(data) };
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

const dialOutcomes: Readonly<Record<string, string>> = {
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'noAnswer',
  declined: 'declined',
};

function isStatus(status: Json | undefined): status is ToolStatus {
  return toolStatuses.some((known) => known === status);
}

/** Keys are nobody's secret; what is longer is stood in for, also where the ledger does not show it. */
function pressed(typed: string, node: CompiledNode | undefined, standIns: StandIns, decision: Decision): Action {
  if (typed === '') return { silent: true };
  if (/^[0-9*#]$/.test(typed)) return { press: typed };
  const { pattern, finishOnKey = node?.type === 'callback' ? '#' : '', maxDigits = 64 } = inputOf(node);
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  const matches = (digits: string): boolean =>
    compiled === undefined || ('pattern' in compiled && matchesPattern(compiled.pattern, digits));
  const isHidden = typed.includes('•');
  const wanted = isHidden ? decision.outcome !== 'invalid' : matches(typed);
  const digits = standIns.digits(isHidden ? '0'.repeat(typed.length) : typed, (other) => matches(other) === wanted);
  return { press: digits.length < maxDigits ? digits + finishOnKey : digits };
}

function inputOf(node: CompiledNode | undefined): { pattern?: string; finishOnKey?: string; maxDigits?: number } {
  const text = (key: string): string | undefined => {
    const value: unknown = node && Reflect.get(node, key);
    return typeof value === 'string' ? value : undefined;
  };
  const maxDigits: unknown = node && Reflect.get(node, 'maxDigits');
  const [pattern, finishOnKey] = [text('pattern'), text('finishOnKey')];
  return {
    ...(pattern !== undefined && { pattern }),
    ...(finishOnKey !== undefined && { finishOnKey }),
    ...(typeof maxDigits === 'number' && { maxDigits }),
  };
}

/** Of what was said at a menu only the phrase that counted, which is the flow's own. */
function saidInstead(said: string, { because = '', notes = [] }: Decision, standIns: StandIns): string {
  return /said "(.+)"/.exec([because, ...notes].join('\n'))?.[1] ?? standIns.words(said);
}

/** Counts the stays at each place in which the call waited; each has a step of its own. */
function stayNumbers(): (decision: Decision) => number {
  const counts = new Map<string, number>();
  const seen = new Set<number>();
  return (decision) => {
    const { rule, step } = decision;
    const place = placeOf(decision);
    if (rule === 'waits' && !seen.has(step)) counts.set(place, (counts.get(place) ?? 0) + 1);
    if (rule === 'waits') seen.add(step);
    return counts.get(place) ?? 0;
  };
}

/** An answer that came in spite of its deadline came: in a scenario it comes just before, in seconds. */
function longestOf(node: CompiledNode | undefined, kind: keyof Answers, { tools }: CompiledFlow): number {
  const number = (key: string): number | undefined => {
    const value: unknown = node && Reflect.get(node, key);
    return typeof value === 'number' ? value : undefined;
  };
  if (kind === 'assistants') return number('maxDurationS') ?? Infinity;
  if (kind === 'queues') return number('maxWaitS') ?? Infinity;
  if (kind !== 'tools') return Infinity;
  const toolId: unknown = node && Reflect.get(node, 'toolId');
  const toolMs = typeof toolId === 'string' ? own(tools, toolId)?.timeoutMs : undefined;
  return ((number('timeoutMs') ?? toolMs ?? Infinity) - 1) / 1000;
}

/** An answer that the ledger does not show: any of the type of the variable that takes it. */
function unread(node: CompiledNode | undefined, flow: CompiledFlow, { subflow }: Decision): Json {
  const name: unknown = node && Reflect.get(node, 'result');
  const graph = subflow === undefined ? flow : own(flow.subflows, subflow);
  switch (typeof name === 'string' ? own(graph?.variables, name)?.type : undefined) {
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'text':
      return 'x';
    case 'phone':
      return '+420800000001';
    case 'time':
      return '2026-01-01T12:00:00Z';
    case 'list':
      return [];
    default:
      return {};
  }
}
