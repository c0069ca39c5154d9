import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from './call.ts';
import { type CallRecorder, recordLine, type RecordedTrack } from './call-recorder.ts';
import { rfc2822 } from './call-fields.ts';
import type { FormFields } from './form-fields.ts';
import type { Network } from './network.ts';
import { newSid } from './sids.ts';
import { notify } from './webhooks.ts';

export type RecordingStatus = 'in-progress' | 'paused' | 'stopped' | 'processing' | 'completed' | 'absent';
export type RecordingSource = 'RecordVerb' | 'DialVerb' | 'OutboundAPI' | 'StartCallRecordingAPI';

/** A recording of a call; it is over before `wav` is there: the network has to prepare it. */
export interface Recording {
  sid: string;
  accountSid: string;
  callSid: string;
  status: RecordingStatus;
  channels: 1 | 2;
  track: RecordedTrack;
  source: RecordingSource;
  startTime: Date;
  updatedAt: Date;
  durationMs: number;
  isOver: boolean;
  wav: Buffer | undefined;
  recorder: CallRecorder;
  callback: RecordingCallback | undefined;
}

export interface RecordingCallback {
  url: string;
  method: 'GET' | 'POST';
  events: ReadonlySet<string>;
}

export type Recordings = Map<string, Recording>;

export interface NewRecording {
  source: RecordingSource;
  track: RecordedTrack;
  channels: 1 | 2;
  callback?: RecordingCallback | undefined;
}

/** Starts recording a call's line. */
export function startRecording(network: Network, call: Call, options: NewRecording): Recording {
  const now = network.now();
  const recording: Recording = {
    sid: newSid('RE'),
    accountSid: call.account.sid,
    callSid: call.sid,
    status: 'in-progress',
    channels: options.channels,
    track: options.track,
    source: options.source,
    startTime: now,
    updatedAt: now,
    durationMs: 0,
    isOver: false,
    wav: undefined,
    recorder: recordLine(call.line, options),
    callback: options.callback,
  };
  network.recordings.set(recording.sid, recording);
  call.note('recording-started', { recordingSid: recording.sid, source: options.source });
  tell(network, call, recording, 'in-progress');
  return recording;
}

/** Pauses, resumes or ends a recording. Ending an ended one changes nothing. */
export function changeRecording(
  network: Network,
  call: Call,
  recording: Recording,
  change: { status: 'paused' | 'in-progress' | 'stopped'; pauseBehavior?: 'skip' | 'silence' },
): void {
  if (recording.isOver) return;
  recording.updatedAt = network.now();
  if (change.status === 'paused') recording.recorder.pause(change.pauseBehavior ?? 'silence');
  if (change.status === 'in-progress') recording.recorder.resume();
  recording.status = change.status;
  call.note(`recording-${change.status}`, { recordingSid: recording.sid });
  if (change.status === 'stopped') finishRecording(network, call, recording);
}

/** How long a recording is in preparation after its end. */
const PROCESSING_MS = 300;

/** Ends a recording; a moment later it is ready, and the customer is told where. One without sound is absent. */
export function finishRecording(network: Network, call: Call, recording: Recording, isSilent = false): void {
  if (recording.isOver) return;
  const { durationMs, wav } = recording.recorder.finish();
  recording.isOver = true;
  recording.durationMs = durationMs;
  recording.status = 'processing';
  recording.updatedAt = network.now();
  call.note('recording-finished', { recordingSid: recording.sid, durationMs });
  const prepare = async (): Promise<void> => {
    await delay(PROCESSING_MS, undefined, { ref: false });
    const isAbsent = isSilent || durationMs === 0;
    recording.status = isAbsent ? 'absent' : 'completed';
    if (!isAbsent) recording.wav = wav;
    recording.updatedAt = network.now();
    tell(network, call, recording, recording.status);
  };
  call.track(prepare());
}

/** Seals what still records when a call ends. */
export function finishRecordingsOf(network: Network, call: Call): void {
  for (const recording of network.recordings.values()) {
    if (recording.callSid === call.sid) finishRecording(network, call, recording);
  }
}

/** The address of a recording's media, without its file ending. */
export function recordingUrl(network: Network, recording: Recording): string {
  return `${network.publicUrl}/2010-04-01/Accounts/${recording.accountSid}/Recordings/${recording.sid}`;
}

function tell(network: Network, call: Call, recording: Recording, event: string): void {
  const callback = recording.callback;
  if (!callback?.events.has(event)) return;
  const fields: FormFields = {
    AccountSid: call.account.sid,
    CallSid: call.sid,
    RecordingSid: recording.sid,
    RecordingUrl: recordingUrl(network, recording),
    RecordingStatus: event,
    RecordingDuration: String(Math.round(recording.durationMs / 1000)),
    RecordingChannels: String(recording.channels),
    RecordingStartTime: rfc2822(recording.startTime),
    RecordingSource: recording.source,
    RecordingTrack: recording.track,
    ErrorCode: '0',
  };
  const { url, method } = callback;
  call.track(notify(network, call, { purpose: `recording:${event}`, url, method, fields }));
}
