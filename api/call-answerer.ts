/**
 * Answers the carrier's questions about calls. The workflow decides; this turns its answer into the carrier's document
 * and finds another one where it does not answer in time.
 *
 * 1. A caller always gets a document. What goes wrong after the signature was verified ends in the number's degraded plan.
 * 2. Whoever was answered without the workflow is offered for adoption.
 * 3. Nothing here waits for Postgres but kept lookups and the stored outcome of a stream, each for 250 ms at most.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { CallAnswer } from '../contracts/instructions.ts';
import type { AdmitInput, CallInput, ProceedInput } from '../contracts/messages.ts';
import type { CallReply } from '../temporal/call-client.ts';
import type { Awaited } from '../telephony/callback-urls.ts';
import { callbackUrls } from '../telephony/callback-urls.ts';
import { degradedTwiml } from '../telephony/degraded-twiml.ts';
import { renderTwiml } from '../telephony/render-twiml.ts';
import { signStreamToken, streamTokenLifetimeMs } from '../telephony/stream-token.ts';
import type { Adoptions } from './adoptions.ts';
import { carrierEvent, type CarrierForm, dialStatus, type StoredOutcome, takenBy } from './carrier-form.ts';
import type { GatewayChooser } from './gateway-chooser.ts';
import { firstOf } from './kept-lookup.ts';

export interface CallAnswererDeps {
  calls: {
    admit(call: CallInput, input: AdmitInput): Promise<CallReply>;
    proceed(call: { tenantId: string; callId: string }, input: ProceedInput): Promise<CallReply>;
  };
  gateways: GatewayChooser;
  /** How the assistant of the call's latest epoch left, where its gateway could not tell the workflow. */
  storedOutcome: (call: { tenantId: string; callId: string }) => Promise<StoredOutcome | undefined>;
  adoptions: Pick<Adoptions, 'offer'>;
  publicUrl: string;
  streamKey: Uint8Array;
  nowMs: () => number;
}

export interface Question {
  number: number;
  awaited: Awaited;
  /** The gateway that held the stream which has ended. */
  gatewayId?: string | undefined;
  form: CarrierForm;
}

export type CallAnswerer = ReturnType<typeof createCallAnswerer>;

const storedOutcomeWaitMs = 250;

export function createCallAnswerer(deps: CallAnswererDeps) {
  const { calls, gateways, storedOutcome, adoptions, publicUrl, streamKey, nowMs } = deps;

  function render(call: CallInput, answer: CallAnswer): string {
    const { tenantId, callId } = call;
    const ownNumber = ownNumberOf(call);
    const context = { publicUrl, tenantId, callId, ...(ownNumber !== undefined && { ownNumber }) };
    const { media } = answer;
    if (!media) return renderTwiml(answer, context);
    const { gateway, epoch, nodeId, assistantVersionId } = media;
    const expiresAtMs = nowMs() + streamTokenLifetimeMs;
    const mediaToken = signStreamToken(
      { tenantId, callId, epoch, gatewayId: gateway.gatewayId, nodeId, assistantVersionId, expiresAtMs },
      streamKey,
    );
    return renderTwiml(answer, { ...context, mediaToken });
  }

  function planFrom(call: CallInput, step: number): string {
    const urls = callbackUrls({ publicUrl, tenantId: call.tenantId, callId: call.callId });
    return degradedTwiml(call.degradedPlan, step, {
      ownNumber: ownNumberOf(call),
      after: (waited) => urls.degraded(waited + 1),
      recording: urls.recording(),
    });
  }

  /** The number's degraded plan from a step on; the call is offered to its workflow. */
  function degrade(call: CallInput, step: number): string {
    adoptions.offer(call);
    return planFrom(call, step);
  }

  async function answered(call: CallInput, log: FastifyBaseLogger, ask: () => Promise<CallReply>): Promise<string> {
    try {
      const reply = await ask();
      if (reply.type === 'answer') return render(call, reply.answer);
      if (reply.type === 'adopted') return planFrom(call, 0);
      if (reply.type === 'gone' && call.direction === 'outbound') return hangUp(log);
      log.warn({ reply: reply.type, code: reply.type === 'refused' ? reply.code : undefined }, 'call degraded');
    } catch (err) {
      log.error({ err }, 'call cannot be answered');
    }
    return degrade(call, 0);
  }

  /** A call that we placed and gave up waiting for: whoever answers it now is not to be put through to anybody. */
  function hangUp(log: FastifyBaseLogger): string {
    log.warn('a call that was given up is hung up on');
    return renderTwiml({ number: 0, instructions: [{ type: 'hangUp' }] }, { publicUrl, tenantId: '', callId: '' });
  }

  return {
    /** The first question of a call. Repeating it gets the same instructions. */
    first: (call: CallInput, form: CarrierForm, log: FastifyBaseLogger): Promise<string> =>
      answered(call, log, async () => calls.admit(call, { ...offering(await gateways.choose()), ...takenBy(form) })),

    /** What comes after an answer that the carrier has carried out. */
    next: (call: CallInput, { number, awaited, gatewayId, form }: Question, log: FastifyBaseLogger): Promise<string> =>
      answered(call, log, async () => {
        const outcome =
          awaited === 'stream'
            ? firstOf(
                storedOutcome(call).catch(() => undefined),
                storedOutcomeWaitMs,
                undefined,
              )
            : undefined;
        const [gateway, left] = await Promise.all([gateways.choose(gatewayId), outcome]);
        const isSuspect = gateway !== undefined && gateway.gatewayId === gatewayId;
        const event = carrierEvent(awaited, form, left);
        return calls.proceed(call, { number, event, ...offering(gateway), ...(isSuspect && { isSuspect }) });
      }),

    /** A call on its degraded plan asks for step `step`; a dialled call that was answered ends the plan. */
    degraded: (call: CallInput, step: number, form: CarrierForm): string => {
      const spoke = form.DialCallStatus !== undefined && dialStatus(form.DialCallStatus) === 'completed';
      return degrade(call, spoke ? call.degradedPlan.steps.length : step);
    },

    /** The degraded plan from its beginning, where the carrier could not carry out our documents. */
    fallBack: (call: CallInput): string => degrade(call, 0),
  };
}

/** Undefined where it is a SIP address, which nobody can be shown as the caller. */
function ownNumberOf({ direction, from, to }: CallInput): string | undefined {
  const own = direction === 'inbound' ? to : from;
  return /^\+[1-9]\d{6,14}$/.test(own) ? own : undefined;
}

function offering(gateway: AdmitInput['gateway']): AdmitInput {
  return gateway ? { gateway } : {};
}
