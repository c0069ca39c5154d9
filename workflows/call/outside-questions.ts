/** Puts a flow's questions to whoever can answer them, and answers the carrier meanwhile; the rules are those of `open-question.ts`. */
import { condition } from '@temporalio/workflow';
import type { Question } from '../../contracts/flow/effects.ts';
import type { GatewayRef } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { askOutside } from './ask-outside.ts';
import { carrierCall } from './at-carrier.ts';
import type { CoreState } from './call-state.ts';
import { patienceMs } from './hold.ts';
import { moveAway } from './lost-gateway.ts';
import { answeredOrHeld, isHeldUp, isWorthCalling, mayAnswer, questionAnswered } from './open-question.ts';
import type { TextMessages } from './text-messages.ts';

export function createQuestions(
  call: CallInput,
  messages: TextMessages,
  state: () => CoreState,
  apply: (next: CoreState) => void,
) {
  /** The carrier is called out of a long hold as soon as there is an answer. */
  async function put(asked: Question): Promise<void> {
    const answer = await askOutside(call, state(), asked, messages);
    apply(questionAnswered(call, state(), asked, answer, Date.now()));
    if (isWorthCalling(state(), Date.now()))
      await moveAway(carrierCall(call, state()), state(), { gatewayId: undefined, why: 'the flow has its answer' });
  }

  return {
    /** Puts the question that a change of state has brought. */
    follow: (before: CoreState, { question }: CoreState): void => {
      if (question && question.asked.visit !== before.question?.asked.visit) void put(question.asked);
    },

    /**
     * Until the carrier's question after answer `number`, which came at `askedAtMs`, has an answer: for a moment the flow's
     * own question may be answered, then it is a hold. `stillAsked` throws where nobody wants to know any more.
     */
    untilAnswered: async (
      number: number,
      gateway: GatewayRef | undefined,
      askedAtMs: number,
      stillAsked: () => void,
    ): Promise<void> => {
      while (isHeldUp(state(), number)) {
        const { question } = state();
        const waitMs = question ? askedAtMs + patienceMs(question) - Date.now() : 0;
        const visit = question?.asked.visit;
        if (waitMs > 0 && !mayAnswer(state(), visit)) await condition(() => mayAnswer(state(), visit), waitMs);
        stillAsked();
        apply(answeredOrHeld(call, state(), gateway, Date.now()));
      }
    },
  };
}
