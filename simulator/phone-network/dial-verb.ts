import type { Call, ProgressEvent } from './call.ts';
import type { AudioSource, Line } from './line.ts';
import { answerCall, endCall, placeLeg } from './leg.ts';
import type { Network } from './network.ts';
import { finishRecording, recordingUrl, startRecording } from './recordings.ts';
import { tone, joinAudio } from './tones.ts';
import type { TwimlElement } from './twiml-parser.ts';
import {
  actionOutcome,
  methodOf,
  NEXT,
  numberOf,
  recordingCallbackOf,
  type VerbContext,
  type VerbOutcome,
} from './verb.ts';
import { askForDocument } from './webhooks.ts';

const RINGBACK = joinAudio([tone([425], 1000, 3000), tone([], 4000)]);

/** Dials the numbers (at once, or in turn), bridges the first that answers, and waits until one of both hangs up. */
export async function dial(context: VerbContext, element: TwimlElement): Promise<VerbOutcome> {
  const { call, signal } = context;
  const numbers = element.children;
  const ringing = new AbortController();
  if (element.attributes.answerOnBridge !== 'true') answerCall(context.network, call);
  call.track(ringBack(call.line, AbortSignal.any([signal, ringing.signal])));

  const answered = await firstAnswer(context, element, numbers);
  ringing.abort();
  const child = answered.child;
  let recordingFields = {};
  if (answered.bridged) {
    answerCall(context.network, call);
    recordingFields = await bridge(context, element, child);
  }
  const status = answered.bridged ? 'completed' : child.status;
  call.note('dialled', { childSid: child.sid, status, bridged: answered.bridged });
  const fields = {
    DialCallStatus: status === 'queued' || status === 'ringing' ? 'no-answer' : status,
    DialCallSid: child.sid,
    DialCallDuration: answered.bridged ? String(Math.round(bridgedSeconds(child))) : undefined,
    DialBridged: String(answered.bridged),
    ...(numbers[0]?.name === 'Sip' && {
      DialSipCallId: `${child.sid}@phone-network`,
      DialSipResponseCode: answered.bridged ? '200' : child.sipResponseCode,
    }),
    ...recordingFields,
  };
  if (!signal.aborted) return element.attributes.action === undefined ? NEXT : actionOutcome(element, fields);
  const url = element.attributes.action;
  if (call.hasEnded && url !== undefined) {
    call.track(
      askForDocument(context.network, call, { purpose: 'dial-action', url, method: methodOf(element), fields }),
    );
  }
  return { kind: 'end', end: 'aborted' };
}

interface DialResult {
  child: Call;
  bridged: boolean;
}

async function firstAnswer(
  context: VerbContext,
  element: TwimlElement,
  numbers: readonly TwimlElement[],
): Promise<DialResult> {
  const [first, ...others] = numbers;
  if (!first) throw new RangeError('Dial without a number passed the parser');
  if (element.attributes.sequential === 'true') {
    let result = await tryNumber(context, element, first, new AbortController());
    for (const number of others) {
      if (result.bridged || context.signal.aborted) return result;
      result = await tryNumber(context, element, number, new AbortController());
    }
    return result;
  }
  const taken = new AbortController();
  const results = await Promise.all(numbers.map((number) => tryNumber(context, element, number, taken)));
  return results.find((result) => result.bridged) ?? results.at(-1) ?? { child: context.call, bridged: false };
}

/** Rings one number; the first to be answered takes the call and withdraws the others. */
async function tryNumber(
  context: VerbContext,
  element: TwimlElement,
  number: TwimlElement,
  taken: AbortController,
): Promise<DialResult> {
  const { network, call, signal } = context;
  const callerId = element.attributes.callerId ?? call.from;
  const isRefused = number.name === 'Number' && callerId !== call.from && !mayShow(network, call, callerId);
  if (isRefused) call.alert(13_214, `callerId ${callerId} is neither a party's number nor one of the account's`);
  const { leg: child, rung } = placeLeg(network, {
    parent: call,
    from: callerId,
    to: number.name === 'Sip' ? sipAddress(number.text) : number.text.replaceAll(/[\s()-]/g, ''),
    timeoutMs: numberOf(element, 'timeout', 30) * 1000,
    statusCallback: legCallback(number),
    isRefused,
    signal: AbortSignal.any([signal, taken.signal]),
  });
  if ((await rung) !== 'answered') return { child, bridged: false };
  if (taken.signal.aborted) {
    await endCall(network, child, 'completed');
    return { child, bridged: false };
  }
  taken.abort();
  const whisper = number.attributes.url;
  if (whisper !== undefined) {
    const source = { kind: 'url', purpose: 'whisper', url: whisper, method: methodOf(number), fields: {} } as const;
    const end = await context.execute(child, source, signal);
    if (end !== 'finished') {
      await endCall(network, child, 'completed');
      return { child, bridged: false };
    }
  }
  return { child, bridged: !child.hasEnded };
}

/** A number that is called may be shown who calls, who was called, or a number that the account has. */
function mayShow(network: Network, call: Call, callerId: string): boolean {
  return callerId === call.to || network.accounts.numberOf(callerId)?.accountSid === call.account.sid;
}

/** Without the headers and parameters that an address may carry. */
function sipAddress(uri: string): string {
  return /^[^;?]+/.exec(uri)?.[0] ?? uri;
}

function legCallback(number: TwimlElement) {
  const url = number.attributes.statusCallback;
  if (url === undefined) return undefined;
  const asked = (number.attributes.statusCallbackEvent ?? 'completed').split(' ');
  const known: readonly ProgressEvent[] = ['initiated', 'ringing', 'answered', 'completed'];
  const events = new Set(known.filter((event) => asked.includes(event)));
  return { url, method: methodOf(number, 'statusCallbackMethod'), events };
}

/** Joins two lines until the callee hangs up, the time is over, `*` was pressed or the caller has gone. */
async function bridge(context: VerbContext, element: TwimlElement, child: Call): Promise<Record<string, string>> {
  const { call, network, signal } = context;
  const unbridge = joinLines(call.line, child.line);
  call.note('bridged', { childSid: child.sid });
  const recordAs = element.attributes.record ?? 'do-not-record';
  const recording =
    recordAs === 'do-not-record'
      ? undefined
      : startRecording(network, call, {
          source: 'DialVerb',
          track: 'both',
          channels: recordAs.endsWith('-dual') ? 2 : 1,
          callback: recordingCallbackOf(element),
        });
  let star = false;
  const onDigit = (digit: string): void => {
    star ||= digit === '*' && element.attributes.hangupOnStar === 'true';
  };
  call.digitListeners.add(onDigit);
  const untilMs = call.line.nowMs + numberOf(element, 'timeLimit', 14_400) * 1000;
  await call.line.until(signal, ({ atMs }) => star || child.hasEnded || hasLeft(child) || atMs >= untilMs);
  call.digitListeners.delete(onDigit);
  unbridge();
  if (!hasLeft(child)) await endCall(network, child, 'completed');
  if (!recording) return {};
  finishRecording(network, call, recording);
  return { RecordingUrl: recordingUrl(network, recording), RecordingSid: recording.sid };
}

/** A leg that REST has given TwiML of its own is no longer its parent's. */
function hasLeft(child: Call): boolean {
  return child.run !== undefined;
}

/** What each says is heard by the other, at most one frame later. */
function joinLines(a: Line, b: Line): () => void {
  const stops = [pipe(a, b), pipe(b, a)];
  return () => {
    for (const stop of stops) stop();
  };
}

const LONGEST_PIPE_FRAMES = 5;

function pipe(from: Line, to: Line): () => void {
  const frames: Uint8Array[] = [];
  const source: AudioSource = { read: () => frames.shift() };
  to.setSource(source);
  const stop = from.onFrame(({ said }) => {
    frames.push(said);
    if (frames.length > LONGEST_PIPE_FRAMES) frames.shift();
  });
  return () => {
    stop();
    to.clearSource(source);
  };
}

async function ringBack(line: Line, signal: AbortSignal): Promise<void> {
  while ((await line.play(RINGBACK, signal)) === 'done');
}

function bridgedSeconds(child: Call): number {
  return ((child.endedAtMs ?? child.line.nowMs) - (child.answeredAtMs ?? child.line.nowMs)) / 1000;
}
