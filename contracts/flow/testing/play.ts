/** Plays flows of a few nodes: events in, what the engine made of them out. A second passes between two events. */
import { compileFlow } from '../compile.ts';
import type { FlowDocument, FlowNode } from '../document.ts';
import { advance } from '../engine.ts';
import type { FlowReferences } from '../references.ts';
import { type Advance, type Decision, type EventDetail, type FlowState, initialFlowState } from '../state.ts';

export const startMs = Date.UTC(2026, 10, 27, 16, 59); // Friday 17:59 in Prague
export const started: EventDetail = {
  type: 'started',
  call: { id: 'CA1', direction: 'inbound', number: '+420222000111', startedAtMs: startMs },
  caller: { number: '+420777123456', country: 'CZ', language: 'cs-CZ' },
  contact: { name: 'Jana', turnover: 120_000 },
};

/** `start -> it`, and a `hangup` named after each outcome, so that the outcome is how the call ends. */
export function flowOf(node: FlowNode, others: Partial<FlowDocument> = {}): FlowDocument {
  const edges = 'edges' in node && node.edges ? node.edges : {};
  const ends = Object.keys(edges).map((outcome): [string, FlowNode] => [
    endOf(outcome),
    { type: 'hangup', reason: outcome },
  ]);
  const ownEdges = Object.fromEntries(Object.keys(edges).map((outcome) => [outcome, endOf(outcome)]));
  return {
    schemaVersion: 1,
    name: 'test',
    languages: ['cs-CZ', 'en-US'],
    voiceId: 'cs-CZ-Standard-A',
    start: 'start',
    contact: { name: { type: 'text' }, turnover: { type: 'number' } },
    ...others,
    nodes: {
      start: { type: 'start', edges: { next: 'it' } },
      it: { ...node, edges: ownEdges },
      ...Object.fromEntries(ends),
      ...others.nodes,
    },
  };
}

function endOf(outcome: string): string {
  return `end-${outcome.toLowerCase().replace(/[^a-z0-9]/g, '-')}`;
}

export interface Play {
  state: FlowState;
  steps: readonly Advance[];
  /** What the last event led to. */
  last: Advance;
  /** The decision about the node `it` in the last step. */
  decision: Decision | undefined;
  /** How the call ended, where it did. */
  ended: string | undefined;
}

export function play(
  document: FlowDocument,
  events: readonly EventDetail[],
  {
    references = {},
    language = 'cs-CZ',
    atMs = startMs,
  }: { references?: Partial<FlowReferences>; language?: string; atMs?: number } = {},
): Play {
  const flow = compileFlow(document, { assistants: {}, ...references });
  const steps: Advance[] = [];
  let state = initialFlowState(language);
  const begins = events[0]?.type === 'started';
  for (const [i, event] of (begins ? events : [started, ...events]).entries()) {
    // As if the state had travelled: nothing but JSON survives.
    state = JSON.parse(JSON.stringify(state));
    const step = advance(flow, state, { ...event, atMs: atMs + 1000 * i });
    steps.push(step);
    ({ state } = step);
  }
  const last = steps.at(-1) ?? { state, instructions: [], decisions: [], givenBy: [] };
  const ends = last.decisions.find(({ rule }) => rule === 'end');
  return { state, steps, last, decision: last.decisions.find(({ nodeId }) => nodeId === 'it'), ended: ends?.outcome };
}

/** What a node asks the carrier and the workflow for, by kind. */
export const kinds = ({ instructions }: Advance): string[] => instructions.map(({ type }) => type);
