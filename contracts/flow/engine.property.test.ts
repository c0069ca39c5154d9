import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileFlow } from './compile.ts';
import type { FlowDocument } from './document.ts';
import { isEffect } from './effects.ts';
import { advance } from './engine.ts';
import { type Advance, type EventDetail, initialFlowState } from './state.ts';
import { maxSteps } from './steps.ts';
import { eventAt, flows, type Happening, happenings, references, secretDigits } from './testing/random-flow.ts';

const waitsForCarrier = new Set(['gather', 'wait', 'assistant', 'dial', 'voicemail', 'hangUp', 'degraded']);
const startMs = Date.UTC(2026, 10, 27);

interface Played {
  event: EventDetail;
  step: Advance;
}

/** The state travels as JSON between two events, as it does in a call. */
function run(document: FlowDocument, given: readonly Happening[]): Played[] {
  const flow = compileFlow(document, references);
  let state = initialFlowState('cs-CZ');
  let atMs = startMs;
  const took = (event: EventDetail): Played => {
    const before = JSON.stringify(state);
    const step = advance(flow, JSON.parse(before), { ...event, atMs });
    expect(advance(flow, Object.freeze(state), { ...event, atMs })).toEqual(step);
    expect(JSON.stringify(state)).toBe(before);
    ({ state } = step);
    return { event, step };
  };
  const begin: EventDetail = {
    type: 'started',
    call: { id: 'CA1' },
    caller: { number: '+420777123456', country: 'CZ' },
  };
  return [
    took(begin),
    ...given.map((happening) => {
      atMs += happening.afterMs;
      const { nodes } = state.subflow === undefined ? flow : (flow.subflows[state.subflow] ?? flow);
      return took(eventAt(nodes[state.nodeId ?? ''], happening));
    }),
  ];
}

const runs = { numRuns: 1000 };

it('never leaves the caller without a next thing, whatever is drawn and whatever comes', () => {
  fc.assert(
    fc.property(flows, happenings, (document, given) => {
      let before = 'new';
      for (const { event, step } of run(document, given)) {
        const { state, instructions, decisions } = step;
        expect(decisions.length).toBeGreaterThan(0);
        const last = instructions.at(-1);
        const where = `${state.phase} ${state.visit} ${state.nodeId}`;
        const hasNext = last !== undefined && (isEffect(last) || waitsForCarrier.has(last.type));
        expect(hasNext || where === before || event.type === 'hungUp').toBe(true);
        expect(state.phase === 'waiting').toBe(state.nodeId !== undefined);
        before = where;
      }
    }),
    runs,
  );
});

it('keeps the state small and the steps bounded', () => {
  fc.assert(
    fc.property(flows, happenings, (document, given) => {
      for (const { step } of run(document, given)) {
        const { state } = step;
        expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThanOrEqual(32_000);
        expect(state.steps).toBeLessThanOrEqual(maxSteps + 50);
      }
    }),
    runs,
  );
});

it('never writes a sensitive value into the ledger', () => {
  fc.assert(
    fc.property(flows, happenings, (document, given) => {
      for (const { step } of run(document, given)) expect(JSON.stringify(step.decisions)).not.toContain(secretDigits);
    }),
    runs,
  );
});
