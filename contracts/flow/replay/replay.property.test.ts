import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CompiledFlow } from '../compiled.ts';
import { compileFlow } from '../compile.ts';
import { advance } from '../engine.ts';
import { type FlowEvent, initialFlowState } from '../state.ts';
import { callerNumber, recorded } from '../testing/recorded-call.ts';
import { eventAt, flows, type Happening, happenings, references } from '../testing/random-flow.ts';
import { replay } from './replay.ts';

/** What a caller and the world did in a call through this flow. */
function eventsOf(flow: CompiledFlow, given: readonly Happening[]): FlowEvent[] {
  let atMs = Date.UTC(2026, 10, 27);
  let state = initialFlowState('cs-CZ');
  const events: FlowEvent[] = [];
  const take = (event: FlowEvent): void => {
    events.push(event);
    ({ state } = advance(flow, state, event));
  };
  take({ type: 'started', call: { id: 'CA1' }, caller: { number: callerNumber, country: 'CZ' }, atMs });
  for (const happening of given) {
    atMs += happening.afterMs;
    const { nodes } = state.subflow === undefined ? flow : (flow.subflows[state.subflow] ?? flow);
    take({ ...eventAt(nodes[state.nodeId ?? ''], happening), atMs });
  }
  return events;
}

it('never parts from the version that the call went through, whatever was drawn and whatever came', () => {
  fc.assert(
    fc.property(flows, happenings, (document, given) => {
      const flow = compileFlow(document, references);
      const call = recorded(flow, eventsOf(flow, given));
      const { verdict, rows, stop, notes, assumptions } = replay(flow, { ...call, flow });
      expect({ verdict, stop, notes, assumptions }).toEqual({
        verdict: 'same',
        stop: undefined,
        notes: [],
        assumptions: [],
      });
      expect(rows.map(({ now }) => now?.decision.outcome)).toEqual(
        call.decisions.filter(({ rule }) => rule !== 'ignored').map(({ outcome }) => outcome),
      );
      // Without that version at hand it stays so, but for what the ledger hides.
      const alone = replay(flow, call);
      expect(
        alone.verdict === 'same' ||
          alone.stop?.kind === 'hidden-value' ||
          call.decisions.some(({ event }) => JSON.stringify(event ?? '').includes('•')),
      ).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it('comes to an end or says where it stops, whatever it is played against', () => {
  fc.assert(
    fc.property(flows, flows, happenings, (document, other, given) => {
      const flow = compileFlow(document, references);
      const call = recorded(flow, eventsOf(flow, given));
      const { verdict, rows, parting, stop } = replay(compileFlow(other, references), { ...call, flow });
      expect(verdict === 'parts').toBe(parting !== undefined);
      expect(verdict === 'stops').toBe(parting === undefined && stop !== undefined);
      const last = rows.findLast(({ now }) => now)?.now?.decision;
      const wasLeft = rows.findLast(({ was }) => was)?.was?.decision.rule === 'waits';
      expect(stop !== undefined || last?.rule === 'end' || last?.rule === 'degraded-plan' || wasLeft).toBe(true);
    }),
    { numRuns: 400 },
  );
});
