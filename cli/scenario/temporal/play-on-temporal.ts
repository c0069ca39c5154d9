/**
 * Plays a call of a scenario through the product's `callWorkflow`, as the carrier and the gateway would: by its messages.
 * What happens is what happened in the engine; what the workflow makes of it is its own.
 */
import type { CompiledFlow } from '../../../contracts/flow/compiled.ts';
import { isEffect, isQuestion } from '../../../contracts/flow/effects.ts';
import type { CallRun, Happened, Heard } from '../../../contracts/flow/scenario/call-run.ts';
import type { FoundMachine } from '../../../contracts/flow/scenario/machine.ts';
import type { ScenarioCall } from '../../../contracts/flow/scenario/read-scenario.ts';
import { wordsOf } from '../../../contracts/flow/scenario/words-of.ts';
import { isWaiting } from '../../../contracts/flow/scenario/world.ts';
import type { Decision } from '../../../contracts/flow/state.ts';
import { callWorkflowId } from '../../../contracts/ids.ts';
import type { CallAnswer } from '../../../contracts/instructions.ts';
import type { CallResult, CarrierEvent } from '../../../contracts/messages.ts';
import type { CallReply } from '../../../temporal/call-client.ts';
import { fastForward, skipWaits } from '../../../test/time-skipping.ts';
import type { Asked, Due } from './asked.ts';
import { inputOf } from './call-input.ts';
import { childAnswer, toolResult } from './child-answers.ts';
import { type PlayedCall, playedKey, type ScenarioStage } from './scenario-stage.ts';
import type { ScenarioClock } from './scenario-clock.ts';

/** What the workflow made of a call. */
export interface TemporalRun {
  decisions: readonly Decision[];
  heard: readonly Omit<Heard, 'node'>[];
  outcome: string;
  /** Where it wanted something else than the engine. */
  parted?: string;
}

/** More holds than the longest wait takes. */
const maxHolds = 500;
/** What takes less moves no timer of a call. */
const worthSkippingMs = 10_000;

export async function playOnTemporal(
  stage: ScenarioStage,
  flow: CompiledFlow,
  call: ScenarioCall,
  run: CallRun,
): Promise<TemporalRun> {
  const { machine } = run;
  const input = inputOf(flow, call, machine);
  const workflowId = callWorkflowId(input.tenantId, input.callId);
  const clock: ScenarioClock = { atMs: call.atMs };
  const client = stage.callClient(clock);
  const heard: Omit<Heard, 'node'>[] = [];
  const children: string[] = [];
  const decisions: PlayedCall['decisions'] = new Map();
  const hungUp = Promise.withResolvers<'hungUp'>();
  /** What has not happened yet. */
  const ahead: Happened[] = run.happened.slice(1);
  let parted: string | undefined;

  const part = (why: string): undefined => {
    parted ??= why;
    return undefined;
  };
  const parting = (wanted: string, next: Happened | undefined): undefined =>
    part(`the workflow wants ${wanted}, and the engine ${next?.waitedFor?.type ?? 'the end of the call'}`);

  /** The answer to a question of the flow, when it is due. */
  const answerOnce = async ({ stay }: Asked, childId?: string): Promise<Due> => {
    if (stay === 'contact')
      return { answer: toolResult({ status: 'ok', data: call.contact }), afterMs: 0, atMs: call.atMs };
    const next = ahead[0];
    // The question that a machine's answer overtakes has none.
    if (!next && machine) return { afterMs: 0, atMs: machine.atMs };
    const question = next?.waitedFor;
    if (!next || !question || !isEffect(question) || !isQuestion(question) || question.visit !== stay) {
      part(`the workflow asks a question at step ${stay} that the engine does not ask there`);
      hungUp.resolve('hungUp');
      return { afterMs: 0, atMs: call.atMs };
    }
    if (childId !== undefined) children.push(childId);
    if (next.event.type === 'hungUp') {
      hungUp.resolve('hungUp');
      return { afterMs: 0, atMs: next.atMs };
    }
    ahead.shift();
    if (childId !== undefined && next.afterMs > 0) await skipWaits(stage.client, childId);
    return { answer: childAnswer(next.event), afterMs: next.afterMs, atMs: next.atMs };
  };
  /** By stay: an activity may be tried again. */
  const dues = new Map<Asked['stay'], Promise<Due>>();
  const answer = (asked: Asked, childId?: string): Promise<Due> => {
    const due = dues.get(asked.stay) ?? answerOnce(asked, childId);
    dues.set(asked.stay, due);
    return due;
  };
  stage.played.set(playedKey(input), { answer, decisions });

  /** The carrier's question and its answer; `undefined` where the caller hangs up while the flow asks somebody else. */
  const ask = async (question: () => Promise<CallReply>): Promise<CallAnswer | undefined> => {
    const reply = await Promise.race([question(), hungUp.promise]);
    if (reply === 'hungUp') return undefined;
    if (reply.type !== 'answer') return part(`the workflow does not answer the carrier: ${JSON.stringify(reply)}`);
    if (!isHold(reply.answer)) heard.push(...reply.answer.instructions.flatMap(wordsOf));
    return reply.answer;
  };
  const proceed = (number: number, event: CarrierEvent) =>
    ask(() => client.proceed(input, { number, event, gateway: stage.gateway }));

  /** Until it happens, which the call's own timers notice. */
  const pass = async ({ afterMs, atMs }: Happened): Promise<void> => {
    if (afterMs >= worthSkippingMs) await fastForward(stage.client, workflowId, Math.floor(afterMs / 1000));
    clock.atMs = atMs;
  };

  /** Lets the caller, the carrier or an assistant do what is next; undefined where that ends the call. */
  const happen = async (given: CallAnswer, next: Happened): Promise<CallAnswer | undefined> => {
    const { number } = given;
    await pass(next);
    const { event } = next;
    switch (event.type) {
      case 'hungUp':
        return undefined;
      case 'digits':
      case 'speech':
      case 'voicemailLeft':
      case 'done':
        return proceed(number, event);
      case 'dialEnded':
        await client.legEnded(input, { number, declined: event.status === 'declined' });
        return proceed(number, { type: 'dialEnded', status: event.status === 'declined' ? 'busy' : event.status });
      default:
        return part(`no carrier tells of ${event.type}`);
    }
  };

  /** An assistant talks, and the next one where the stream is handed on, until the carrier is needed. */
  const talk = async (given: CallAnswer): Promise<CallAnswer | undefined> => {
    const { epoch = 0 } = given.media ?? {};
    const { gatewayId } = stage.gateway;
    const attached = await client.attach(input, { epoch, streamId: `MZ${epoch}`, gatewayId });
    if (!attached?.accepted) return part(`the workflow refuses the assistant's stream: ${JSON.stringify(attached)}`);
    let { visit } = attached;
    for (;;) {
      const next = ahead[0];
      if (!next && machine) return tellOfMachine(given, machine);
      if (next?.waitedFor?.type !== 'assistant') return parting('assistant', next);
      ahead.shift();
      await pass(next);
      if (next.event.type !== 'assistantLeft') {
        await client.mediaStopped(input, { epoch, outcome: 'callerHungUp', lastSeq: 0 });
        return undefined;
      }
      const { outcome, data } = next.event;
      const left = { epoch, visit, outcome, lastSeq: 0, mayGoOn: true, ...(data && { data }) };
      const reply = await client.assistantLeft(input, left);
      if (reply?.next !== 'assistant') return proceed(given.number, { type: 'streamEnded' });
      ({ visit } = reply);
    }
  };

  /** The carrier has heard the machine's beep while the flow waited for something; then it asks for the next answer. */
  const tellOfMachine = async ({ number }: CallAnswer, found: FoundMachine): Promise<CallAnswer | undefined> => {
    clock.atMs = found.atMs;
    await client.detection(input, { answeredBy: found.answeredBy, heardBeep: true });
    return proceed(number, { type: 'done' });
  };

  const told = machine?.found === 'sync' && { answeredBy: machine.answeredBy };
  let reply = await ask(() => client.admit(input, { gateway: stage.gateway, ...told }));
  for (let holds = 0; reply && !isLast(reply) && parted === undefined;) {
    if (machine && ahead.length === 0) {
      reply = await tellOfMachine(reply, machine);
      continue;
    }
    const wanted = reply.instructions.at(-1);
    if (!wanted || isHold(reply) || !isWaiting(wanted)) {
      if (++holds > maxHolds) parting('to hold the caller', ahead[0]);
      // The child that answers has its own time; the carrier asks again when it is over.
      const childId = children.at(-1);
      if (childId !== undefined) await stage.client.workflow.getHandle(childId).result();
      reply = await proceed(reply.number, { type: 'done' });
    } else if (wanted.type === 'assistant') reply = await talk(reply);
    else if (ahead[0]?.waitedFor?.type !== wanted.type) reply = parting(wanted.type, ahead[0]);
    else {
      const [next] = ahead.splice(0, 1);
      reply = next && (await happen(reply, next));
    }
  }
  clock.atMs = machine?.atMs ?? run.happened.at(-1)?.atMs;
  await client.carrierStatus(input, { status: 'completed', sequence: 9, durationS: 1 });
  await skipWaits(stage.client, workflowId);
  const handle = stage.client.workflow.getHandle<() => Promise<CallResult>>(workflowId);
  const { outcome } = await handle.result();
  for (const childId of children)
    await stage.client.workflow
      .getHandle(childId)
      .terminate()
      .catch(() => undefined);
  stage.played.delete(playedKey(input));
  return { decisions: [...decisions.values()], heard, outcome, ...(parted !== undefined && { parted }) };
}

/** The carrier ends the call after it, or goes on by the number's degraded plan. */
function isLast({ instructions }: CallAnswer): boolean {
  const type = instructions.at(-1)?.type;
  return type === 'hangUp' || type === 'degraded' || type === 'reject';
}

/** What the carrier does until the answer to a question of the flow is there; only then is a pause sent. */
function isHold({ instructions }: CallAnswer): boolean {
  return instructions.some(({ type }) => type === 'pause');
}
