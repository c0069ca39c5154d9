import { Call, type CallStatus, type NewCall, type StatusCallback } from './call.ts';
import type { Callee } from './callees.ts';
import { stopForksOf } from './forked-streams.ts';
import type { Network } from './network.ts';
import { finishRecordingsOf } from './recordings.ts';
import { type CallerStep, createScriptedCaller } from './scripted-caller.ts';
import { announceProgress } from './status-callbacks.ts';

/** Makes a leg and puts it on the network's books. */
export function createLeg(network: Network, call: Omit<NewCall, 'createdAt'>): Call {
  const leg = new Call({ ...call, createdAt: network.now() }, network.ticker);
  network.calls.set(leg.sid, leg);
  forgetOldest(network);
  leg.note(leg.status, { from: leg.from, to: leg.to });
  return leg;
}

const MOST_CALLS_KEPT = 500;

function forgetOldest(network: Network): void {
  if (network.calls.size <= MOST_CALLS_KEPT) return;
  const oldest = network.calls.values().find((call) => call.hasEnded);
  if (!oldest) return;
  network.calls.delete(oldest.sid);
  for (const { sid, callSid } of network.recordings.values())
    if (callSid === oldest.sid) network.recordings.delete(sid);
}

/** Gives a leg its person, who begins when the leg is answered. */
export function seatPerson(network: Network, call: Call, steps: readonly CallerStep[]): void {
  call.caller = createScriptedCaller({
    steps,
    phrase: (phraseId) => {
      const phrase = network.speech.phrase(phraseId);
      if (!phrase) throw new RangeError(`the phrase book has no "${phraseId}"`);
      return phrase;
    },
    onSaid: (utterance) => {
      call.saidPhrases.push(utterance);
      call.note('said', { ...utterance });
    },
    onDigit: (digit) => call.pressDigit(digit),
    onBeep: (endMs) => {
      call.beepEndMs = endMs;
      call.note('beep', { endMs });
    },
    onFault: (fault) => call.fault(fault),
    onHangUp: () => {
      call.note('person-hung-up');
      void endCall(network, call, call.answeredAtMs === undefined ? 'no-answer' : 'completed');
    },
  });
}

/** Connects the person; answering twice changes nothing. */
export function answerCall(network: Network, call: Call): void {
  if (call.hasEnded || call.answeredAtMs !== undefined) return;
  call.status = 'in-progress';
  call.answeredAt = network.now();
  call.updatedAt = call.answeredAt;
  call.answeredAtMs = call.line.nowMs;
  call.note('answered');
  if (call.caller) call.line.connect(call.caller);
  announceProgress(network, call, 'answered');
  const untilMs = call.line.nowMs + call.timeLimitMs;
  const stop = call.line.onFrame(({ atMs }) => {
    if (atMs < untilMs) return;
    stop();
    call.note('time-limit');
    void endCall(network, call, 'completed');
  });
}

/** Ends a leg: its TwiML stops first (a stream says `stop`), then the line closes, then the customer is told. */
export async function endCall(network: Network, call: Call, status: CallStatus): Promise<void> {
  if (call.hasEnded) return;
  call.status = status;
  call.endedAt = network.now();
  call.updatedAt = call.endedAt;
  call.endedAtMs = call.line.nowMs;
  call.note('ended', { status });
  call.run?.controller.abort();
  await call.run?.done;
  await stopForksOf(call);
  finishRecordingsOf(network, call);
  call.line.close();
  announceProgress(network, call, 'completed');
  call.markEnded();
}

export interface LegRequest {
  parent: Call;
  from: string;
  to: string;
  timeoutMs: number;
  statusCallback: StatusCallback | undefined;
  /** The network does not even ring: the leg fails. */
  isRefused: boolean;
  signal: AbortSignal;
}

/** Dials a number on behalf of a call; `rung` tells whether somebody answered. */
export function placeLeg(network: Network, request: LegRequest): { leg: Call; rung: Promise<RingResult> } {
  const callee = network.callees.find(request.to);
  const leg = createLeg(network, {
    account: request.parent.account,
    from: request.from,
    to: request.to,
    direction: 'outbound-dial',
    status: 'queued',
    parentCallSid: request.parent.sid,
    statusCallback: request.statusCallback,
    switches: callee?.switches ?? [],
  });
  request.parent.childSids.push(leg.sid);
  request.parent.track(leg.settled());
  request.parent.note('dialling', { childSid: leg.sid, to: request.to });
  seatPerson(network, leg, callee?.steps ?? []);
  const met = callee && request.isRefused ? { ...callee, outcome: 'failed' as const } : callee;
  return { leg, rung: ring(network, leg, met, request) };
}

export type RingResult = 'answered' | 'not-answered';

/** Rings a leg until its callee's outcome, the time-out, or a withdrawal by the signal. */
export async function ring(
  network: Network,
  call: Call,
  callee: Callee | undefined,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<RingResult> {
  const finish = async (status: CallStatus, sipResponseCode: string): Promise<RingResult> => {
    call.sipResponseCode = sipResponseCode;
    await endCall(network, call, status);
    return 'not-answered';
  };
  call.status = 'initiated';
  announceProgress(network, call, 'initiated');
  if (!callee) call.note('number-does-not-exist');
  if (!callee || callee.outcome === 'failed') return await finish('failed', '404');
  call.status = 'ringing';
  call.note('ringing');
  announceProgress(network, call, 'ringing');
  const picksUp = callee.outcome !== 'no-answer' && callee.answerAfterMs <= timeoutMs;
  const waited = await call.line.wait(picksUp ? callee.answerAfterMs : timeoutMs, signal);
  if (call.hasEnded) return 'not-answered';
  if (waited === 'aborted') return await finish('canceled', '487');
  if (!picksUp) return await finish('no-answer', '487');
  if (callee.outcome === 'busy') return await finish('busy', '486');
  if (callee.outcome === 'rejected') return await finish('busy', '603');
  call.sipResponseCode = '200';
  answerCall(network, call);
  return 'answered';
}
