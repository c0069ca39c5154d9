/**
 * What becomes of a question that the flow has asked somebody else while the carrier waits. Pure.
 *
 * (a) A question is asked once for each stay at a node; its answer goes into the flow when the carrier asks next, or at
 *     once where the carrier's question is being answered just then.
 * (b) Meanwhile the caller is held: first with what the flow wanted said, then with a short silence, then with words in a
 *     long hold, out of which the carrier is called as soon as the answer is there.
 * (c) An answer to a node that was left moves nothing; the flow's ledger keeps that it came.
 */
import type { Question } from '../../contracts/flow/effects.ts';
import type { GatewayRef, Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { answer, replyWith } from './call-answers.ts';
import type { CoreState, OpenQuestion } from './call-state.ts';
import { type Happened, stepFlow } from './flow-step.ts';
import { hasWords, holdInstructions } from './hold.ts';

/** A carrier that comes back by itself so soon is not called: it would hear its document twice. */
const worthCallingMs = 1_500;

/** The answer to a question of the flow has come, or will never come. */
export function questionAnswered(
  call: CallInput,
  state: CoreState,
  { visit }: Pick<Question, 'visit'>,
  event: Happened,
  atMs: number,
): CoreState {
  const { question } = state;
  if (question?.asked.visit !== visit) return stepFlow(call, state, { ...event, visit }, atMs).state;
  return question.answer ? state : { ...state, question: { ...question, answer: { ...event, visit } } };
}

/** Whether the carrier's question still has to be answered: its flow waits for somebody else. */
export function isHeldUp({ question, answer: given }: CoreState, number: number): boolean {
  return question !== undefined && (given?.number ?? 0) === number;
}

/** Whether nobody wants to know any more how the call goes on. */
export function isOver({ carrierEnd, phase, isWithdrawn }: CoreState): boolean {
  return carrierEnd !== undefined || phase === 'adopted' || isWithdrawn === true;
}

/** Whether there is nothing more to wait for before the carrier is answered. */
export function mayAnswer(state: CoreState, visit: number | undefined): boolean {
  const { question } = state;
  if (isOver(state)) return true;
  return question === undefined || question.asked.visit !== visit || question.answer !== undefined;
}

/** The carrier is answered: by what the flow makes of the answer, or by a hold. */
export function answeredOrHeld(
  call: CallInput,
  state: CoreState,
  gateway: GatewayRef | undefined,
  atMs: number,
): CoreState {
  const { question } = state;
  if (!question) return state;
  const over: CoreState = { ...state, question: undefined };
  if (state.carrierEnd) return replyWith(over, [{ type: 'hangUp' }]);
  if (state.isWithdrawn) return replyWith({ ...over, phase: 'carrier' }, [{ type: 'hangUp' }]);
  if (question.answer) return answer(call, over, question.answer, gateway, atMs, question.said);
  return hold(call, state, question, atMs);
}

/** Whether the carrier ought to be called out of a long hold. */
export function isWorthCalling({ question, carrierEnd }: CoreState, atMs: number): boolean {
  if (carrierEnd || !question?.answer || question.heldUntilMs === undefined) return false;
  return question.heldUntilMs - atMs > worthCallingMs;
}

function hold(call: CallInput, state: CoreState, question: OpenQuestion, atMs: number): CoreState {
  const { said, holds } = question;
  const speaks = hasWords(said);
  const { instructions, durationMs }: { instructions: readonly Instruction[]; durationMs?: number } = speaks
    ? { instructions: said }
    : holdInstructions(call, state.flow, holds);
  const held: OpenQuestion = {
    ...question,
    said: [],
    holds: speaks ? holds : holds + 1,
    heldUntilMs: durationMs === undefined ? undefined : atMs + durationMs,
  };
  return replyWith({ ...state, question: held }, speaks ? instructions : [...said, ...instructions]);
}
