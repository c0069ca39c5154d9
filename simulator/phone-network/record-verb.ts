import { isAudible } from './mulaw.ts';
import { finishRecording, recordingUrl, startRecording, type Recording } from './recordings.ts';
import { tone } from './tones.ts';
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

const BEEP = tone([1000], 400);

/**
 * Records the person after a beep until a key, silence, the maximum length or hang-up; then the action, or without
 * one the present document's URL again. A hang-up is told to the action as well, with `Digits=hangup`. Where nothing was
 * heard, the next verb follows instead.
 */
export async function record(context: VerbContext, element: TwimlElement): Promise<VerbOutcome> {
  const { call, network, signal } = context;
  if (element.attributes.playBeep !== 'false') await call.line.play(BEEP, signal);
  if (signal.aborted) return { kind: 'end', end: 'aborted' };
  const recording = startRecording(network, call, {
    source: 'RecordVerb',
    track: 'inbound',
    channels: 1,
    callback: recordingCallbackOf(element),
  });
  const { endedBy, isSilent } = await untilFinished(context, element, recording);
  finishRecording(network, call, recording, isSilent);
  // The action is not asked about a recording without sound.
  if (isSilent) return signal.aborted ? { kind: 'end', end: 'aborted' } : NEXT;
  const fields = {
    RecordingUrl: recordingUrl(network, recording),
    RecordingSid: recording.sid,
    RecordingDuration: String(Math.round(recording.durationMs / 1000)),
    Digits: endedBy,
  };
  if (!signal.aborted) return recordAction(context, element, fields);
  if (call.hasEnded) tellHangUp(context, element, fields);
  return { kind: 'end', end: 'aborted' };
}

async function untilFinished(
  { call, signal }: VerbContext,
  element: TwimlElement,
  recording: Recording,
): Promise<{ endedBy: string | undefined; isSilent: boolean }> {
  const finishOnKey = element.attributes.finishOnKey ?? '1234567890*#';
  const silenceMs = numberOf(element, 'timeout', 5) * 1000;
  const maxLengthMs = numberOf(element, 'maxLength', 3600) * 1000;
  let key: string | undefined;
  const onDigit = (digit: string): void => {
    if (finishOnKey.includes(digit)) key ??= digit;
  };
  call.digitListeners.add(onDigit);
  let lastSoundMs = call.line.nowMs;
  let isSilent = true;
  await call.line.until(signal, ({ atMs, said }) => {
    if (isAudible(said)) {
      lastSoundMs = atMs;
      isSilent = false;
    }
    const silent = silenceMs > 0 && atMs - lastSoundMs >= silenceMs;
    return key !== undefined || silent || recording.recorder.recordedMs >= maxLengthMs;
  });
  call.digitListeners.delete(onDigit);
  return { endedBy: call.hasEnded ? 'hangup' : key, isSilent };
}

function recordAction(
  context: VerbContext,
  element: TwimlElement,
  fields: Record<string, string | undefined>,
): VerbOutcome {
  if (element.attributes.action !== undefined) return actionOutcome(element, fields);
  const { source } = context;
  if (source.kind === 'inline') return NEXT;
  const again = { kind: 'url', purpose: 'record-action', url: source.url, method: methodOf(element), fields } as const;
  return { kind: 'document', source: again };
}

function tellHangUp(
  { network, call }: VerbContext,
  element: TwimlElement,
  fields: Record<string, string | undefined>,
): void {
  const url = element.attributes.action;
  if (url === undefined) return;
  const webhook = { purpose: 'record-action', url, method: methodOf(element), fields };
  call.track(askForDocument(network, call, webhook));
}
