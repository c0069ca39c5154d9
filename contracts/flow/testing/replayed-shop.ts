/** A shop whose menu leads to orders, which a tool looks up, and to colleagues; stored calls of it, and how they are played again. */
import { httpTool } from './http-tool.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { compileFlow } from '../compile.ts';
import type { FlowDocument, FlowNode } from '../document.ts';
import type { FlowReferences } from '../references.ts';
import { replay, type ReplayResult } from '../replay/replay.ts';
import type { StoredCall } from '../replay/stored-call.ts';
import type { EventDetail } from '../state.ts';
import { recordedCall } from './recorded-call.ts';

/** Friday 17:59 in Prague, when the calls begin. */
const openUntil = (to: string): Calendar => ({
  timeZone: 'Europe/Prague',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to }],
});
export const references = (to = '18:00'): FlowReferences => ({
  assistants: { reception: { outcomes: [] } },
  calendars: { shop: openUntil(to) },
  tools: { crm: httpTool('crm', 'crm') },
});

export const menu: Extract<FlowNode, { type: 'menu' }> = {
  type: 'menu',
  prompt: 'Objednávky 1, reklamace 2.',
  options: [
    { outcome: 'orders', digit: '1' },
    { outcome: 'returns', digit: '2' },
  ],
  timeoutMs: 5000,
  tries: 2,
  edges: { orders: 'customer', returns: 'colleague', noInput: 'message', noMatch: 'message' },
};
export const nodes: Record<string, FlowNode> = {
  start: { type: 'start', edges: { next: 'hours' } },
  hours: { type: 'hours', calendarId: 'shop', edges: { open: 'menu', closed: 'message' } },
  menu,
  customer: {
    type: 'http',
    toolId: 'crm',
    arguments: { phone: '{{ caller.number }}' },
    result: 'customer',
    edges: { ok: 'is-vip', failed: 'colleague', timeout: 'colleague' },
  },
  'is-vip': {
    type: 'condition',
    rules: [{ outcome: 'vip', when: { variable: 'vars.customer.orders', operator: 'greaterThan', value: 10 } }],
    edges: { vip: 'manager', otherwise: 'colleague' },
  },
  manager: transferTo('+420222999001'),
  colleague: transferTo('+420222999002'),
  message: { type: 'voicemail', prompt: 'Nechte vzkaz.', maxLengthS: 60, edges: { recorded: 'bye', empty: 'bye' } },
  bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
};

export function transferTo(phoneNumber: string): FlowNode {
  const edges = { completed: 'bye', busy: 'message', noAnswer: 'message', declined: 'message', failed: 'message' };
  return { type: 'transfer', to: { phoneNumber }, ringTimeoutS: 20, edges };
}

export const flowWith = (changed: Record<string, FlowNode> = {}): FlowDocument => ({
  schemaVersion: 1,
  name: 'shop',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  variables: { customer: { type: 'json', default: {} } },
  start: 'start',
  nodes: { ...nodes, ...changed },
});

export const pressed = (digits: string): EventDetail => ({ type: 'digits', digits });
export const answered = (data: { orders: number }): EventDetail => ({ type: 'toolAnswered', status: 'ok', data });
export const dialled = (status: 'completed' | 'busy'): EventDetail => ({ type: 'dialEnded', status });

export const callOf = (events: readonly EventDetail[]): StoredCall =>
  recordedCall(flowWith(), events, { references: references() });
export const against = (call: StoredCall, changed: Record<string, FlowNode>, to?: string): ReplayResult =>
  replay(compileFlow(flowWith(changed), references(to)), call);

/** `place: outcome -> target` of one side. */
export const path = ({ rows }: ReplayResult, side: 'was' | 'now'): string[] =>
  rows.flatMap((row) => {
    const step = row[side];
    return step ? [`${step.place}: ${step.decision.outcome} -> ${step.decision.wentTo}`] : [];
  });
