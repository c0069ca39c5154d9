import type { Call } from './call.ts';
import type { Callee } from './callees.ts';
import { voiceFields } from './call-fields.ts';
import { isAudible } from './mulaw.ts';
import type { Network } from './network.ts';
import { notify } from './webhooks.ts';

/** What REST asks for: who took the call (twilio.com/docs/voice/answering-machine-detection). */
export interface MachineDetection {
  /** `DetectMessageEnd`: a machine is named when its greeting has ended, at its beep or after a silence. */
  waitsForEnd: boolean;
  /** After so long without a result it is `unknown`. */
  timeoutMs: number;
  /** A machine that says nothing for so long has ended its greeting. */
  silenceTimeoutMs: number;
  /** The call goes on at once and the result comes by a request of its own, where there is an address for it. */
  isAsync: boolean;
  callback: { url: string; method: 'GET' | 'POST' } | undefined;
}

export const ANSWERED_BY = [
  'human',
  'machine_start',
  'machine_end_beep',
  'machine_end_silence',
  'machine_end_other',
  'fax',
  'unknown',
] as const;
export type AnsweredBy = (typeof ANSWERED_BY)[number];

/** So long the network listens before it names a person, a machine that begins to speak, or a fax. */
const LISTENING_MS = 1500;
/** So long after the end of a call its result still comes, by the trap. */
const LATE_MS = 500;

/** Who took the call, as the network finds out by listening; `unknown` where its time is up or the call ends first. */
export async function whoAnswered(
  call: Call,
  callee: Callee | undefined,
  detection: MachineDetection,
  signal: AbortSignal,
): Promise<AnsweredBy> {
  const sinceMs = call.line.nowMs;
  let found: AnsweredBy = 'unknown';
  const listen = listener(call, callee, detection, sinceMs);
  await call.line.until(signal, ({ atMs, said }) => {
    const result = listen(atMs, said);
    if (result) found = result;
    return result !== undefined || atMs - sinceMs >= detection.timeoutMs;
  });
  call.note('machine-detection', { answeredBy: found });
  return found;
}

function listener(
  call: Call,
  callee: Callee | undefined,
  { waitsForEnd, silenceTimeoutMs }: MachineDetection,
  sinceMs: number,
): (atMs: number, said: Uint8Array) => AnsweredBy | undefined {
  const { outcome, detectedAs, detectedAfterMs = LISTENING_MS } = callee ?? {};
  const isDue = (atMs: number): boolean => atMs - sinceMs >= detectedAfterMs;
  if (detectedAs) return (atMs) => (isDue(atMs) ? detectedAs : undefined);
  if (outcome === 'fax') return (atMs) => (isDue(atMs) ? 'fax' : undefined);
  if (outcome !== 'machine') return (atMs) => (isDue(atMs) ? 'human' : undefined);
  if (!waitsForEnd) return (atMs) => (isDue(atMs) ? 'machine_start' : undefined);
  let quietSinceMs = sinceMs;
  return (atMs, said) => {
    if (call.beepEndMs !== undefined && atMs >= call.beepEndMs) return 'machine_end_beep';
    if (isAudible(said)) quietSinceMs = atMs;
    return atMs - quietSinceMs >= silenceTimeoutMs ? 'machine_end_silence' : undefined;
  };
}

/** Finds out while the call goes on, and tells the customer. Traps: told twice, never, or after the end. */
export async function detectBesideCall(
  network: Network,
  call: Call,
  callee: Callee | undefined,
  detection: MachineDetection,
): Promise<void> {
  const { callback } = detection;
  if (!callback) call.alert(21_262, 'No AMD status callback URL provided');
  const sinceMs = call.line.nowMs;
  // Nothing but the end of the line ends it: a redirect of the call does not.
  const answeredBy = await whoAnswered(call, callee, detection, new AbortController().signal);
  const durationMs = call.line.nowMs - sinceMs;
  call.answeredBy = answeredBy;
  if (!callback || call.springs('detection-callback-lost')) return;
  if (call.springs('detection-callback-late')) {
    await call.ended();
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  }
  const { CallSid, AccountSid } = voiceFields(call);
  const fields = { CallSid, AccountSid, AnsweredBy: answeredBy, MachineDetectionDuration: String(durationMs) };
  const times = call.springs('detection-callback-repeated') ? 2 : 1;
  for (let n = 0; n < times; n += 1) await notify(network, call, { purpose: 'async-amd', ...callback, fields });
}
