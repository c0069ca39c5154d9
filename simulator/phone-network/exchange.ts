import type { Account, PhoneNumber } from './accounts.ts';
import type { Call, StatusCallback } from './call.ts';
import type { DocumentSource } from './fetch-document.ts';
import { startTwiml } from './execute-twiml.ts';
import { createLineSound, type LineFault } from './line-sound.ts';
import { createLeg, endCall, ring, seatPerson } from './leg.ts';
import { detectBesideCall, type MachineDetection, whoAnswered } from './machine-detection.ts';
import type { Network } from './network.ts';
import { type RecordingCallback, startRecording } from './recordings.ts';
import type { CallerStep } from './scripted-caller.ts';
import { dtmfTones } from './tones.ts';

/** A person's call to a customer's number. */
export interface InboundRequest {
  from: string;
  number: PhoneNumber;
  steps: readonly CallerStep[];
  switches: readonly string[];
  line?: LineFault | undefined;
}

/** Rings a customer's number: its voice webhook decides what happens. */
export function placeInboundCall(network: Network, { from, number, steps, switches, line }: InboundRequest): Call {
  const account = network.accounts.accounts.get(number.accountSid);
  if (!account) throw new RangeError('number without account');
  const { settings } = number;
  const statusUrl = settings.StatusCallback ?? '';
  const call = createLeg(network, {
    account,
    from,
    to: number.phoneNumber,
    direction: 'inbound',
    status: 'ringing',
    phoneNumberSid: number.sid,
    switches,
    sound: line && createLineSound(line),
    statusCallback: statusUrl === '' ? undefined : completedOnly(statusUrl, settings.StatusCallbackMethod),
    fallback: settings.VoiceFallbackUrl
      ? { url: settings.VoiceFallbackUrl, method: methodOf(settings.VoiceFallbackMethod) }
      : undefined,
  });
  seatPerson(network, call, steps);
  const url = settings.VoiceUrl ?? '';
  const source: DocumentSource = {
    kind: 'url',
    purpose: 'voice',
    url,
    method: methodOf(settings.VoiceMethod),
    fields: {},
  };
  void begin(network, call, source);
  return call;
}

async function begin(network: Network, call: Call, source: DocumentSource): Promise<void> {
  try {
    await startTwiml(network, call, source);
  } catch (error) {
    // A fault of the simulator itself must show in the call's record and end that call alone.
    call.fault(`simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    call.run = undefined;
    await endCall(network, call, 'failed');
  }
}

/** What REST asks for when it creates a call. */
export interface OutboundRequest {
  account: Account;
  from: string;
  to: string;
  source: DocumentSource;
  fallback: { url: string; method: 'GET' | 'POST' } | undefined;
  statusCallback: StatusCallback | undefined;
  timeoutMs: number;
  timeLimitMs: number;
  sendDigits: string;
  recording:
    | { channels: 1 | 2; track: 'inbound' | 'outbound' | 'both'; callback: RecordingCallback | undefined }
    | undefined;
  machineDetection: MachineDetection | undefined;
}

const startsPerAccount = new WeakMap<Account, number>();

/** Queues a call to a number; it starts when the account's calls-per-second limit lets it. */
export function placeOutboundCall(network: Network, request: OutboundRequest): Call {
  const { account, from, to, fallback, statusCallback, timeLimitMs } = request;
  const callee = network.callees.find(to);
  const call = createLeg(network, {
    account,
    from,
    to,
    direction: 'outbound-api',
    status: 'queued',
    statusCallback,
    fallback,
    timeLimitMs,
    switches: callee?.switches ?? [],
  });
  seatPerson(network, call, callee?.steps ?? []);
  void ringOut(network, call, request);
  return call;
}

async function ringOut(network: Network, call: Call, request: OutboundRequest): Promise<void> {
  const controller = new AbortController();
  call.run = { controller, done: Promise.resolve() };
  await call.line.wait(waitForTurn(network, call), controller.signal);
  if (call.hasEnded) return;
  const callee = network.callees.find(call.to);
  const rung = await ring(network, call, callee, { timeoutMs: request.timeoutMs, signal: controller.signal });
  if (rung !== 'answered') return;
  const { recording, machineDetection } = request;
  if (recording) startRecording(network, call, { source: 'OutboundAPI', ...recording });
  if (machineDetection?.isAsync) call.track(detectBesideCall(network, call, callee, machineDetection));
  else if (machineDetection) call.answeredBy = await whoAnswered(call, callee, machineDetection, controller.signal);
  if (request.sendDigits !== '') await call.line.play(dtmfTones(request.sendDigits), controller.signal);
  if (!call.hasEnded) await begin(network, call, request.source);
}

function waitForTurn(network: Network, call: Call): number {
  const now = network.nowMs();
  const startMs = Math.max(now, startsPerAccount.get(call.account) ?? 0);
  startsPerAccount.set(call.account, startMs + 1000 / call.account.callsPerSecond);
  return startMs - now;
}

/** Gives a connected call a new document; what it executes now is ended first. */
export function redirectCall(network: Network, call: Call, source: DocumentSource): void {
  call.note('redirected-by-rest');
  void begin(network, call, source);
}

/** The person at the phone hangs up. */
export async function hangUpByPerson(network: Network, call: Call): Promise<void> {
  if (call.hasEnded) return;
  call.note('person-hung-up');
  await endCall(network, call, call.answeredAtMs === undefined ? 'no-answer' : 'completed');
}

function completedOnly(url: string, method: string | undefined): StatusCallback {
  return { url, method: methodOf(method), events: new Set(['completed'] as const) };
}

function methodOf(method: string | undefined): 'GET' | 'POST' {
  return method === 'GET' ? 'GET' : 'POST';
}
