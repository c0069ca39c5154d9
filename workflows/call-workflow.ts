import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { CarrierActivities } from '../activities/carrier-activities.ts';
import type { CallAnswer, GatewayRef } from '../contracts/instructions.ts';
import {
  type AdmitInput,
  type CallInput,
  type CallResult,
  type CarrierEvent,
  adopt,
  admit,
  assistantLeft,
  attach,
  callState,
  carrierStatus,
  checkpoint,
  command,
  control,
  detection,
  forkHeard,
  gatewayLost,
  legEnded,
  mediaStopped,
  prepareHandover,
  proceed,
  sensitiveEntry,
  sensitiveInput,
  toolFinished,
} from '../contracts/messages.ts';
import { admitted, initialCoreState, proceeded, toolReported, viewOf } from './call/call-core.ts';
import { adoptedAs, flowLeft, gaveUp, statusArrived, withdrawn } from './call/call-end.ts';
import {
  assistantHasLeft,
  attached,
  awaitsLastWord,
  checkpointed,
  mediaHasStopped,
  movingAway,
  sensitiveEntered,
} from './call/call-media.ts';
import { detected, isMachineDue } from './call/answer-machine.ts';
import { assistantAtNode } from './call/assistant-at-node.ts';
import { createOrders } from './call/carry-out.ts';
import { type Contact, createContactLookup } from './call/contact-lookup.ts';
import { createCallRecorder } from './call/call-recorder.ts';
import type { CoreState } from './call/call-state.ts';
import { isOver } from './call/open-question.ts';
import { createQuestions } from './call/outside-questions.ts';
import { forkIsHeard, prepareHandover as handOver } from './call/handover.ts';
import { showCall } from './call/show-call.ts';
import { nextCheckAtMs } from './call/carrier-watch.ts';
import { isAlone, moveAway } from './call/lost-gateway.ts';
import { carrierCall, endAtCarrier, isAtCarrier, isTakenUp, sendToCall } from './call/at-carrier.ts';
import { dialOut } from './call/dial-out.ts';
import { createCallRecording, pauseWithinMs } from './call/record-call.ts';
import { awaitsMessage, messageTaken } from './call/left-message.ts';
import { takeOffLine } from './call/take-off-line.ts';
import { createTextMessages } from './call/text-messages.ts';
import { awaitsLeg, legHasEnded, legTimeoutMs, withLeg } from './call/dialled-leg.ts';
import { commandGateway, gatewayAnswers, warmGateway } from './gateway-command.ts';
import { siblingQueue } from './sibling-queue.ts';

const admissionTimeoutMs = 120_000;
/** All waits within one question of the carrier together: it gets an answer from elsewhere after two seconds. */
const answerWithinMs = 1_500;
/** For the gateway's last word, once the carrier has ended the call. */
const lastWordTimeoutMs = 5_000;

/**
 * One phone call, from its first question to its last record. Workflow id: `t/<tenantId>/call/<callId>`.
 * Every question is answered by the handler itself: no activity stands between the carrier and its answer.
 */
export async function callWorkflow(call: CallInput): Promise<CallResult> {
  let state = initialCoreState(call);
  const recorder = createCallRecorder(call);
  const recording = createCallRecording(call, () => state);
  const orders = createOrders(call);
  const apply = (next: CoreState): void => {
    const before = state;
    state = next.orders.length > 0 ? { ...next, orders: [] } : next;
    orders.carryOut(next.orders);
    showCall(before, next);
    if (next.answer?.media && next.epoch > before.epoch) warm(call, next);
    recorder.record(before, next);
    recording.follow(before, next);
    questions.follow(before, next);
  };
  const messages = createTextMessages(call);
  const questions = createQuestions(call, messages, () => state, apply);
  const contacts = createContactLookup(call);
  const currentAnswer = (): CallAnswer => {
    if (!state.answer) throw refusal('call-unknown', 'the call has no answer yet');
    return state.answer;
  };
  /** The answer to the carrier's question after answer `number`; where the flow asks somebody else, it waits a moment. */
  const answerCarrier = async (
    number: number,
    gateway: GatewayRef | undefined,
    askedAtMs: number,
  ): Promise<CallAnswer> => {
    await questions.untilAnswered(number, gateway, askedAtMs, () => refuseAdopted(state));
    const leftMs = askedAtMs + answerWithinMs - Date.now();
    if (recording.isHeard()) await recording.untilPaused(Math.max(Math.min(leftMs, pauseWithinMs), 1));
    return currentAnswer();
  };

  /** The caller has hung up on a message: the carrier tells what came of it, or is asked. */
  const takeMessage = async (): Promise<void> => {
    if (await condition(() => !awaitsMessage(state), lastWordTimeoutMs)) return;
    const message = await recording.findMessage();
    if (!message || !awaitsMessage(state)) return;
    recording.keepMessage(message.recordingId);
    apply(messageTaken(call, state, { type: 'voicemailLeft', ...message }, Date.now()));
  };

  setHandler(callState, () => viewOf(state));
  setHandler(sensitiveInput, (name) => (Object.hasOwn(state.sensitive, name) ? state.sensitive[name] : undefined));
  setHandler(sensitiveEntry, (entry) => apply(sensitiveEntered(state, entry)));
  setHandler(carrierStatus, (status) => apply(statusArrived(state, status, Date.now())));
  setHandler(detection, async (found) => {
    const before = state;
    apply(detected(before, found));
    if (call.dial && state !== before && isMachineDue(state))
      await takeOffLine(carrierCall(call, state), found, () => state, apply);
  });
  setHandler(legEnded, (leg) => apply(legHasEnded(state, leg)));
  setHandler(mediaStopped, (stopped) => apply(mediaHasStopped(state, stopped, Date.now())));
  setHandler(toolFinished, (tool) => apply(toolReported(state, tool)));
  setHandler(gatewayLost, async (lost) => {
    if (!isAlone(state, lost) || (await gatewayAnswers(lost.gatewayId, { callId: call.callId, epoch: lost.epoch })))
      return;
    // Meanwhile the carrier may have asked by itself.
    if (!isAlone(state, lost)) return;
    apply(movingAway(state));
    await moveAway(carrierCall(call, state), state, { ...lost, why: `away from ${lost.gatewayId}` });
  });
  setHandler(prepareHandover, (plan) => handOver(call, plan, () => state, apply));
  setHandler(forkHeard, (heard) => apply(forkIsHeard(state, heard)));
  setHandler(checkpoint, (point) => {
    apply(checkpointed(state, point));
    apply(recorder.recordDecisions(state));
  });
  setHandler(
    admit,
    (input) => {
      const askedAtMs = Date.now();
      const begin = (contact?: Contact): Promise<CallAnswer> => {
        refuseAdopted(state);
        apply(admitted(call, state, input, Date.now(), contact));
        return answerCarrier(0, input.gateway, askedAtMs);
      };
      return call.contactTool ? contacts.inTime(() => isOver(state)).then(begin) : begin();
    },
    { validator: (_input: AdmitInput): void => refuseAdopted(state) },
  );
  setHandler(
    proceed,
    (input) => {
      if (input.event.type === 'voicemailLeft') recording.keepMessage(input.event.recordingId);
      const askedAtMs = Date.now();
      const goOn = (event: CarrierEvent): Promise<CallAnswer> => {
        apply(proceeded(call, state, { ...input, event }, Date.now()));
        return answerCarrier(input.number, input.gateway, askedAtMs);
      };
      if (!awaitsLeg(state, input)) return goOn(withLeg(state, input));
      return condition(() => !awaitsLeg(state, input), legTimeoutMs).then(() => goOn(withLeg(state, input)));
    },
    { validator: ({ number }) => refuseUnasked(state, number) },
  );
  setHandler(attach, (input) => {
    const [next, answer] = attached(call, state, input, Date.now());
    apply(next);
    return answer;
  });
  setHandler(assistantLeft, (left) => {
    const [next, answer] = assistantHasLeft(call, state, left, Date.now());
    apply(next);
    return answer;
  });
  setHandler(adopt, (input) => apply(adoptedAs(state, input, Date.now())));
  setHandler(control, async (event) => {
    if (event.type !== 'hangUp')
      return isTakenUp(state) ? { type: 'refused', code: 'not-ready' } : sendToCall(call.callId, event);
    apply(withdrawn(state, Date.now()));
    // One that is not dialled yet is not, or is ended as soon as it is.
    if (isAtCarrier(state)) await endAtCarrier(carrierCall(call, state));
    return { type: 'done' };
  });
  setHandler(command, async (input) => {
    const stream = state.visit?.stream;
    if (!stream || state.visit?.stopped) return 'not-streaming';
    return commandGateway(stream.gatewayId, { callId: call.callId, epoch: stream.epoch, command: input });
  });

  if (call.dial) {
    contacts.ask();
    await recorder.recordDialling(state);
    await dialOut(call, call.dial, () => state, apply);
  }
  await untilBegun(call, () => state, apply);
  await untilEnded(call, () => state, apply);
  if (awaitsMessage(state)) await takeMessage();
  apply(flowLeft(call, state, state.carrierEnd?.atMs ?? Date.now()));
  const { epoch } = state;
  await condition(() => !awaitsLastWord(state), lastWordTimeoutMs);
  const { outcome, durationMs } = await recorder.finish(state);
  await orders.begun();
  await recording.finish();
  await messages.settled();
  await condition(allHandlersFinished);
  return { outcome, durationMs, epochs: epoch };
}

type Read = () => CoreState;
type Apply = (next: CoreState) => void;

/** Waits for the admission, or for an adoption; a call that nobody ever speaks for fails, so that it can be adopted later. */
async function untilBegun(call: CallInput, state: Read, apply: Apply): Promise<void> {
  const ringMs = (call.dial?.timeoutS ?? 0) * 1_000;
  const hasBegun = (): boolean =>
    state().answer !== undefined || state().phase === 'adopted' || state().carrierEnd !== undefined;
  if (await condition(hasBegun, admissionTimeoutMs + ringMs)) return;
  if (!call.dial)
    throw ApplicationFailure.nonRetryable('the call was neither admitted nor adopted in time', 'never-admitted');
  await endAtCarrier(carrierCall(call, state()));
  apply(gaveUp(state(), 'no-answer', Date.now()));
}

/** The carrier ends the call; where its word is overdue it is asked. */
async function untilEnded(call: CallInput, state: Read, apply: Apply): Promise<void> {
  const { fetchCarrierStatus } = proxyActivities<CarrierActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 3 },
  });
  let lastCheckAtMs = Date.now();
  while (!state().carrierEnd) {
    const dueAtMs = nextCheckAtMs(state(), lastCheckAtMs);
    // One timer until the check is due; a check that is due earlier replaces it, a later one waits for it to fire.
    await condition(
      () => state().carrierEnd !== undefined || nextCheckAtMs(state(), lastCheckAtMs) < dueAtMs,
      Math.max(dueAtMs - Date.now(), 1),
    );
    if (state().carrierEnd || Date.now() < nextCheckAtMs(state(), lastCheckAtMs)) continue;
    lastCheckAtMs = Date.now();
    const status = await fetchCarrierStatus(carrierCall(call, state())).catch(() => undefined);
    if (status) apply(statusArrived(state(), { ...status, sequence: state().carrierSequence }, Date.now()));
  }
}

/** Only the first stream finds its model session open: in a later epoch the gateway first reads what was said before. */
function warm(call: CallInput, { epoch, visit }: CoreState): void {
  // Calls that were in a later epoch before asked for it in each.
  if (epoch > 1 && patched('warm-first-epoch')) return;
  const { tenantId, callId } = call;
  const assistant = visit && assistantAtNode(call, visit);
  if (assistant)
    void warmGateway(visit.gateway.gatewayId, { tenantId, callId, epoch, nodeId: visit.nodeId, assistant });
}

function refuseAdopted({ phase }: CoreState): void {
  if (phase === 'adopted') throw refusal('call-adopted', 'the call goes on without its workflow');
}

function refuseUnasked(state: CoreState, number: number): void {
  refuseAdopted(state);
  if (!state.answer) throw refusal('call-unknown', 'the call was never admitted');
  if (number > state.answer.number || number < 1)
    throw refusal('callback-malformed', `answer ${number} was never given`);
}

function refusal(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
