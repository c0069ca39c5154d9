import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeSpecs } from '../catalogue.ts';
import { compileFlow } from '../compile.ts';
import type { FlowDocument } from '../document.ts';
import { advance } from '../engine.ts';
import type { DrawnNode } from '../node-spec.ts';
import { type EventDetail, type FlowState, initialFlowState } from '../state.ts';
import { references } from '../testing/random-flow.ts';
import { validate } from '../validate.ts';
import type { ValidationContext } from './validation-context.ts';

const startMs = Date.parse('2026-11-27T12:00Z');
/** The other flow comes straight back, so that no flow here enters itself. */
const inner: FlowDocument = {
  schemaVersion: 1,
  name: 'inner',
  languages: ['cs-CZ', 'en-US'],
  voiceId: 'v',
  start: 'start',
  nodes: { start: { type: 'start', edges: { next: 'back' } }, back: { type: 'return', name: 'verified' } },
};
const context: ValidationContext = {
  ...references,
  flows: { 'verify-caller': { liveVersion: 3, versions: { 3: inner } } },
  nowMs: startMs,
};

/** Any flow over the catalogue's own examples: each node any type, each edge anywhere or nowhere. */
const anyFlow: fc.Arbitrary<FlowDocument> = fc
  .record({
    types: fc.array(fc.constantFrom(...nodeSpecs.filter(({ type }) => type !== 'start')), {
      minLength: 1,
      maxLength: 8,
    }),
    targets: fc.array(fc.nat({ max: 10 }), { minLength: 100, maxLength: 100 }),
    fault: fc.option(fc.nat({ max: 7 }), { nil: undefined }),
  })
  .map(({ types, targets, fault }) => {
    const ids = types.map(({ type }, index) => `${type}-${index}`);
    let next = 0;
    const target = (): string | undefined => ids[targets[next++ % targets.length] ?? 0];
    const drawn = types.map((spec, index): [string, DrawnNode] => {
      const edges = spec.outcomes(spec.example, context).flatMap((outcome) => {
        const to = target();
        return to === undefined ? [] : [[outcome, to]];
      });
      return [ids[index] ?? '', { ...spec.example, edges: Object.fromEntries(edges) }];
    });
    const faultId = fault === undefined ? undefined : ids[fault];
    return {
      schemaVersion: 1,
      name: 'any',
      languages: ['cs-CZ', 'en-US'],
      voiceId: 'v',
      variables: { order: { type: 'text', default: '' } },
      contact: { turnover: { type: 'number', default: 0 }, name: { type: 'text', default: '' } },
      start: 'start',
      ...(faultId !== undefined && { fault: faultId }),
      nodes: Object.fromEntries([['start', { type: 'start', edges: { next: ids[0] } }], ...drawn]),
    };
  });

const detail: fc.Arbitrary<EventDetail> = fc.oneof(
  fc.constant<EventDetail>({ type: 'done' }),
  fc
    .string({ unit: fc.constantFrom('0', '1', '2', '4', '#'), maxLength: 6 })
    .map((digits): EventDetail => ({ type: 'digits', digits })),
  fc.string({ maxLength: 8 }).map((text): EventDetail => ({ type: 'speech', text })),
  fc
    .constantFrom('ended', 'sold', 'failed', 'silence', 'nonsense')
    .map((outcome): EventDetail => ({ type: 'assistantLeft', outcome })),
  fc.constantFrom<EventDetail[]>(
    { type: 'dialEnded', status: 'completed' },
    { type: 'dialEnded', status: 'busy' },
    { type: 'voicemailLeft', durationS: 3 },
    { type: 'toolAnswered', status: 'ok', data: { any: 1 } },
    { type: 'toolAnswered', status: 'failed' },
    { type: 'smsEnded', status: 'sent' },
    { type: 'queueEnded', outcome: 'served' },
    { type: 'agentEnded', outcome: 'noAnswer' },
    { type: 'callbackPlanned', outcome: 'scheduled' },
    { type: 'staffing', agentsReady: 0, waiting: 3, estimatedWaitS: 60 },
  ),
);
/** One of each kind: some of them must move any node that waits. */
const probes: readonly EventDetail[] = [
  { type: 'done' },
  { type: 'digits', digits: '' },
  { type: 'speech', text: '' },
  { type: 'assistantLeft', outcome: 'failed' },
  { type: 'dialEnded', status: 'failed' },
  { type: 'voicemailLeft', durationS: 0 },
  { type: 'toolAnswered', status: 'failed' },
  { type: 'smsEnded', status: 'failed' },
  { type: 'queueEnded', outcome: 'timeout' },
  { type: 'agentEnded', outcome: 'offline' },
  { type: 'callbackPlanned', outcome: 'invalid' },
  { type: 'staffing', agentsReady: 0, waiting: 0, estimatedWaitS: 0 },
];

describe('a flow without errors', () => {
  it('never gets stuck, whatever events come, and a hang-up ends it from anywhere', () => {
    let walked = 0;
    fc.assert(
      fc.property(anyFlow, fc.array(fc.tuple(detail, fc.nat({ max: 3000 })), { maxLength: 25 }), (document, events) => {
        const errors = validate(document, context).filter(
          ({ severity, code }) => severity === 'error' && code !== 'not-live-yet',
        );
        if (errors.length > 0) return;
        walked++;
        const flow = compileFlow(document, context);
        let state: FlowState = initialFlowState('cs-CZ');
        let atMs = startMs;
        const send = (event: EventDetail): void => {
          const step = advance(flow, state, { ...event, atMs });
          const hasEnded = state.phase !== 'ended' && step.state.phase === 'ended';
          // The caller hears something, or is hung up.
          expect(hasEnded && step.instructions.length === 0).toBe(false);
          state = step.state;
          expectAlive(state);
        };
        const expectAlive = (after: FlowState): void => {
          expect(JSON.stringify(after).length).toBeLessThan(32_000);
          if (after.phase === 'ended') return;
          expect(after.nodeId).toBeDefined();
          const moves = probes.filter((probe) =>
            advance(flow, after, { ...probe, atMs: atMs + 600_000 }).decisions.every(({ rule }) => rule !== 'ignored'),
          );
          expect(moves.length).toBeGreaterThan(0);
          expect(advance(flow, after, { type: 'hungUp', atMs }).state.phase).toBe('ended');
        };
        send({ type: 'started', call: {}, caller: {} });
        for (const [event, afterMs] of events) {
          atMs += afterMs;
          send(event);
        }
      }),
      { numRuns: 2000 },
    );
    expect(walked).toBeGreaterThan(500);
  });
});
