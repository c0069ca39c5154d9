import type { Call } from './call.ts';
import { dial } from './dial-verb.ts';
import { type DocumentSource, fetchDocument } from './fetch-document.ts';
import { gather } from './gather-verb.ts';
import { answerCall, endCall } from './leg.ts';
import { runMediaStream } from './media-stream.ts';
import type { Network } from './network.ts';
import { playPrompt } from './prompt-verbs.ts';
import { record } from './record-verb.ts';
import { finishRecordingsOf, startRecording } from './recordings.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { untilAborted } from './until-aborted.ts';
import {
  actionOutcome,
  type ExecutionEnd,
  methodOf,
  NEXT,
  recordingCallbackOf,
  type VerbContext,
  type VerbOutcome,
} from './verb.ts';

const MOST_DOCUMENTS = 1000;
/** These verbs do not answer a call that still rings. */
const SILENT_VERBS = ['Pause', 'Reject', 'Redirect', 'Dial'];
const APPLICATION_ERROR = 'We are sorry. An application error has occurred. Goodbye.';

/**
 * Starts a call's TwiML, in place of what it executes now: the old execution is aborted and has let go of the line
 * (a stream has said `stop`) before the new document runs. When the TwiML ends, the call ends.
 */
export async function startTwiml(network: Network, call: Call, source: DocumentSource): Promise<void> {
  const previous = call.run;
  const controller = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  call.run = { controller, done };
  previous?.controller.abort();
  await previous?.done;
  const execution = executeTwiml(network, call, source, controller.signal);
  const end = await execution.finally(resolve);
  if (call.run.controller !== controller || controller.signal.aborted) return;
  if (end === 'failed') await apologise(network, call, controller.signal);
  if (call.run.controller === controller) await endCall(network, call, statusAfter(end));
}

async function apologise(network: Network, call: Call, signal: AbortSignal): Promise<void> {
  answerCall(network, call);
  const startMs = call.line.nowMs;
  await call.line.play(network.speech.say(APPLICATION_ERROR, 'en-US').mulaw, signal);
  call.note('application-error', { text: APPLICATION_ERROR, startMs, endMs: call.line.nowMs });
}

function statusAfter(end: ExecutionEnd) {
  if (end === 'busy') return 'busy';
  return end === 'rejected' ? 'failed' : 'completed';
}

/** Executes documents, one leading to the next, until there is nothing left to do. */
async function executeTwiml(
  network: Network,
  call: Call,
  first: DocumentSource,
  signal: AbortSignal,
): Promise<ExecutionEnd> {
  let source = first;
  for (let count = 0; count < MOST_DOCUMENTS; count += 1) {
    if (signal.aborted || call.hasEnded) return 'aborted';
    const document = await untilAborted(call, fetchDocument(network, call, source, signal), signal);
    if (signal.aborted || call.hasEnded) return 'aborted';
    if (!document) return 'failed';
    call.note('document', { verbs: document.verbs.map((verb) => verb.name), url: document.url });
    const execute = (leg: Call, other: DocumentSource, otherSignal: AbortSignal) =>
      executeTwiml(network, leg, other, otherSignal);
    const outcome = await runVerbs({ network, call, document, source, signal, execute });
    if (outcome.kind === 'end') return outcome.end;
    if (outcome.kind === 'next') return 'finished';
    source = outcome.source;
  }
  call.alert(12_200, 'documents lead to documents without end');
  return 'failed';
}

async function runVerbs(context: VerbContext): Promise<VerbOutcome> {
  const { call, network, signal, document } = context;
  for (const verb of document.verbs) {
    if (!SILENT_VERBS.includes(verb.name)) answerCall(network, call);
    const outcome = await runVerb(context, verb);
    if (signal.aborted || call.hasEnded) return { kind: 'end', end: 'aborted' };
    if (outcome.kind !== 'next') return outcome;
  }
  return NEXT;
}

async function runVerb(context: VerbContext, verb: TwimlElement): Promise<VerbOutcome> {
  const { call, network, signal } = context;
  switch (verb.name) {
    case 'Say':
    case 'Play':
    case 'Pause':
      await playPrompt(context, verb, signal);
      return NEXT;
    case 'Gather':
      return await gather(context, verb);
    case 'Record':
      return await record(context, verb);
    case 'Dial':
      return verb.children.length === 0 ? NEXT : await dial(context, verb);
    case 'Connect':
      for (const stream of verb.children) await runMediaStream(network, call, stream, signal);
      return actionOutcome(verb, {});
    case 'Redirect': {
      const source = { kind: 'url', purpose: 'redirect', url: verb.text, method: methodOf(verb), fields: {} } as const;
      return { kind: 'document', source };
    }
    case 'Reject':
      if (call.answeredAtMs !== undefined) return { kind: 'end', end: 'hung-up' };
      return { kind: 'end', end: verb.attributes.reason === 'busy' ? 'busy' : 'rejected' };
    case 'Start':
      for (const recording of verb.children) startCallRecording(context, recording);
      return NEXT;
    case 'Stop':
      finishRecordingsOf(network, call);
      return NEXT;
    default:
      return { kind: 'end', end: 'hung-up' };
  }
}

function startCallRecording({ network, call }: VerbContext, element: TwimlElement): void {
  const track = (['inbound', 'outbound', 'both'] as const).find((one) => one === element.attributes.track) ?? 'both';
  startRecording(network, call, {
    source: 'StartCallRecordingAPI',
    track,
    channels: element.attributes.channels === 'dual' ? 2 : 1,
    callback: recordingCallbackOf(element),
  });
}
