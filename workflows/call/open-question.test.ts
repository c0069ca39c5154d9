import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { askingFlow, madeUpCall } from '../../test/made-up-call.ts';
import { admitted, initialCoreState, proceeded } from './call-core.ts';
import { adoptedAs, flowLeft, statusArrived, withdrawn } from './call-end.ts';
import type { CoreState } from './call-state.ts';
import { patienceMs } from './hold.ts';
import { answeredOrHeld, isHeldUp, isWorthCalling, mayAnswer, questionAnswered } from './open-question.ts';

const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
const flow = (nodes: FlowDocument['nodes']): FlowDocument => ({
  ...askingFlow,
  nodes: { ...askingFlow.nodes, ...nodes },
});
const call = madeUpCall('CA1', askingFlow);
const ok = { type: 'toolAnswered', status: 'ok', data: { name: 'Jana' } } as const;

const asked = (of = call): CoreState => admitted(of, initialCoreState(of), { gateway }, 1_000);
const told = (state: CoreState, of = call, atMs = 2_000): CoreState =>
  state.question ? questionAnswered(of, state, state.question.asked, ok, atMs) : state;
const settled = (state: CoreState, atMs = 2_000, of = call): CoreState => answeredOrHeld(of, state, gateway, atMs);
const ask = (state: CoreState, atMs = 3_000): CoreState =>
  proceeded(call, state, { number: state.answer?.number ?? 0, event: { type: 'done' }, gateway }, atMs);
const kinds = (state: CoreState): string[] => (state.answer?.instructions ?? []).map(({ type }) => type);

describe('a question of the flow', () => {
  it('keeps the carrier’s question open, and what is to be said for its answer', () => {
    const state = asked();
    expect(state).toMatchObject({
      phase: 'carrier',
      question: { asked: { type: 'callTool', toolId: 'crm', visit: 3 } },
    });
    expect(state.answer).toBeUndefined();
    expect(isHeldUp(state, 0)).toBe(true);
    expect(mayAnswer(state, 3)).toBe(false);
    const answered = told(state);
    expect(mayAnswer(answered, 3)).toBe(true);
    const replied = settled(answered);
    expect(kinds(replied)).toEqual(['say', 'hangUp']);
    expect(replied).toMatchObject({
      question: undefined,
      answer: { number: 1 },
      flow: { vars: { contact: { name: 'Jana' } } },
    });
    expect(isHeldUp(replied, 0)).toBe(false);
  });

  it('holds the caller with what is to be said, then in silence, then with words, and asks one thing once', () => {
    let state = settled(asked());
    expect(kinds(state)).toEqual(['say']);
    expect(patienceMs({ said: state.question?.said ?? [], holds: state.question?.holds ?? 0 })).toBe(700);
    const { visit } = state.question?.asked ?? {};
    state = settled(ask(state));
    expect(kinds(state)).toEqual(['pause']);
    state = settled(ask(state));
    expect(state.answer?.instructions).toMatchObject([
      { type: 'say', speech: { text: 'Okamžik, prosím.', language: 'cs-CZ' } },
      { type: 'pause', lengthMs: 3_000 },
      { type: 'say' },
      { type: 'pause' },
    ]);
    for (let round = 0; round < 20; round++) state = settled(ask(state));
    expect(state.answer?.instructions.length).toBeLessThanOrEqual(24);
    expect(state.question?.asked.visit).toBe(visit);
    expect(kinds(settled(ask(told(state))))).toEqual(['hangUp']);
  });

  it('is worth calling the carrier for in a long hold alone, and not at its end', () => {
    const short = told(settled(ask(settled(asked()))));
    expect(isWorthCalling(short, 2_000)).toBe(false);
    const long = settled(ask(settled(ask(settled(asked())), 3_000)), 4_000);
    expect(isWorthCalling(long, 4_500)).toBe(false);
    expect(isWorthCalling(told(long), 4_500)).toBe(true);
    expect(isWorthCalling(told(long), 4_000 + 8_000)).toBe(false);
  });

  it('is answered once; what comes for a stay that is over moves nothing and stands in the ledger', () => {
    const state = told(asked());
    expect(told(state)).toBe(state);
    const over = settled(state);
    const late = questionAnswered(call, over, { visit: 3 }, ok, 9_000);
    expect(late.flow.phase).toBe('ended');
    expect(late.decisions.at(-1)).toMatchObject({ rule: 'ignored', outcome: 'toolAnswered' });
    expect(late.answer).toBe(over.answer);
  });

  it('of which the one who was asked fails leads to the node’s outcome `failed`', () => {
    const state = asked();
    const failed = questionAnswered(call, state, { visit: 3 }, { type: 'unanswered', why: 'it has failed' }, 2_000);
    const replied = settled(failed);
    expect(replied.decisions.find(({ nodeId }) => nodeId === 'look-up')).toBeDefined();
    expect(replied.decisions.at(-2)).toMatchObject({ nodeId: 'look-up', outcome: 'failed', because: 'it has failed' });
    expect(replied.answer?.instructions.at(-1)).toMatchObject({ type: 'hangUp', lastWords: { text: 'Nejde to.' } });
  });

  it('may be followed by another one in the same answer', () => {
    const two = madeUpCall(
      'CA2',
      flow({
        'look-up': { type: 'http', toolId: 'crm', edges: { ok: 'again', failed: 'sorry', timeout: 'sorry' } },
        again: { type: 'http', toolId: 'crm', edges: { ok: 'bye', failed: 'sorry', timeout: 'sorry' } },
      }),
    );
    const second = settled(told(asked(two), two), 2_000, two);
    expect(second.question?.asked).toMatchObject({ nodeId: 'again', visit: 4 });
    expect(second.question?.said).toHaveLength(1);
    expect(kinds(settled(told(second, two), 3_000, two))).toEqual(['say', 'hangUp']);
  });
});

describe('a call that ends while its flow waits for somebody else', () => {
  it('answers the carrier with a hang-up, and its ledger says that the caller has gone', () => {
    const gone = statusArrived(asked(), { status: 'completed', sequence: 5 }, 1_500);
    expect(mayAnswer(gone, 3)).toBe(true);
    expect(kinds(settled(gone))).toEqual(['hangUp']);
    const left = flowLeft(call, gone, 1_500);
    expect(left.decisions.at(-1)).toMatchObject({ nodeId: 'look-up', outcome: 'hungUp', rule: 'end' });
    expect(flowLeft(call, left, 1_600)).toBe(left);
  });

  it('is hung up on where the tenant wants it to end, and left alone where it was adopted', () => {
    const state = withdrawn(settled(asked()), 2_000);
    expect(kinds(ask(state))).toEqual(['hangUp']);
    expect(kinds(settled(withdrawn(asked(), 2_000)))).toEqual(['hangUp']);
    const adopted = adoptedAs(asked(), { reason: 'temporal-unavailable', ageS: 3 }, 2_000);
    expect(mayAnswer(adopted, 3)).toBe(true);
    expect(isHeldUp(adopted, 0)).toBe(false);
  });
});
