import { AppError } from '../contracts/errors.ts';
import type { RecordingKind, RecordingStore } from '../db/recordings.ts';
import type { CarrierRecording, TwilioRecordings } from '../telephony/twilio-recordings.ts';
import { asActivityFailure } from './activity-failure.ts';
import type { CarrierCall, ReportedStatus } from './carrier-activities.ts';
import { createWavMeter } from './wav-meter.ts';

export interface RecordingActivityDeps {
  carrier: TwilioRecordings;
  recordings: RecordingStore;
  /** What the carrier says of a call now; undefined where it knows no such call. */
  fetchStatus: (call: CarrierCall) => Promise<ReportedStatus | undefined>;
  /** Says that a copy goes on. */
  beat: () => void;
}

export interface KeepRecordingInput {
  tenantId: string;
  callId: string;
  accountId: string;
  /** The carrier's own id. */
  recordingId: string;
  kind: RecordingKind;
  /** Something sensitive may be heard in it: it is deleted at the carrier and not kept. */
  discard?: boolean;
}

export interface KeptRecording {
  status: 'kept' | 'absent' | 'discarded';
  durationMs: number;
}

/** The carrier rounds to whole seconds, and trims as it likes. */
const durationToleranceMs = 1_600;
const notBegun = ['queued', 'initiated', 'ringing'];

/** What a call's workflow asks of the carrier's recordings. Each can be repeated. */
export function createRecordingActivities({ carrier, recordings, fetchStatus, beat }: RecordingActivityDeps) {
  const recorded = ({ tenantId, callId, carrier: { accountId, carrierCallId } }: CarrierCall) => ({
    tenantId,
    callId,
    accountId,
    carrierCallId,
  });

  /** The carrier says the same of a call that has ended and of one that still rings. */
  async function unlessEnded<T>(call: CarrierCall, ask: () => Promise<T>): Promise<T | 'call-ended'> {
    try {
      return await ask();
    } catch (failure) {
      if (!(failure instanceof AppError) || (failure.code !== 'call-ended' && failure.code !== 'call-unknown'))
        throw failure;
      const now = await fetchStatus(call);
      if (now && notBegun.includes(now.status)) throw new AppError('not-ready', 'the call is not answered yet');
      return 'call-ended';
    }
  }

  async function copy(input: KeepRecordingInput, there: CarrierRecording): Promise<void> {
    const { bytes, content } = await carrier.sound(input, there.channels);
    const meter = createWavMeter();
    const sound = await recordings.writeSound(input, meter.through(beating(content)));
    const facts = meter.facts();
    const differsMs = Math.abs((facts?.durationMs ?? 0) - there.durationS * 1000);
    if (!facts || (bytes !== undefined && bytes !== sound.bytes) || differsMs > durationToleranceMs)
      throw new AppError('recording-damaged', `the carrier gave ${sound.bytes} bytes of ${bytes ?? 'unknown'}`);
    const { channels, durationMs } = facts;
    await recordings.settle({
      ...input,
      status: 'kept',
      channels,
      durationMs: Math.round(durationMs),
      recordedAtMs: there.startedAtMs,
      sound,
    });
  }

  async function* beating(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const part of content) {
      beat();
      yield part;
    }
  }

  return {
    /** Begins to record a live call; gives the recording that goes on where one does. */
    startRecording: (call: CarrierCall): Promise<{ recordingId: string } | 'call-ended'> =>
      asActivityFailure(async () => {
        const started = await unlessEnded(call, () => carrier.start(recorded(call)));
        if (started === 'call-ended') return started;
        await recordings.expectRecording({ ...call, recordingId: started, kind: 'call' });
        return { recordingId: started };
      }),

    changeRecording: ({
      recordingId,
      action,
      ...call
    }: CarrierCall & { recordingId: string; action: 'pause' | 'resume' | 'stop' }): Promise<'done' | 'call-ended'> =>
      asActivityFailure(async () => {
        const changed = await unlessEnded(call, () => carrier.change(recorded(call), recordingId, action));
        return changed === 'call-ended' ? changed : 'done';
      }),

    /** All that the carrier has recorded of a call for us. */
    listRecordings: (call: CarrierCall): Promise<CarrierRecording[]> =>
      asActivityFailure(() => carrier.list(recorded(call))),

    /**
     * Copies a recording into the object store and then deletes it at the carrier. One that is not ready fails with
     * `recording-pending` and is asked for again.
     */
    keepRecording: (input: KeepRecordingInput): Promise<KeptRecording> =>
      asActivityFailure(async () => {
        await recordings.expectRecording(input);
        const before = await recordings.readRecording(input);
        if (before?.status === 'pending') {
          const there = await carrier.find(input);
          if (there?.status === 'pending') throw new AppError('recording-pending', 'the recording is not ready');
          if (there?.status !== 'completed') await recordings.settle({ ...input, status: 'absent', durationMs: 0 });
          else if (input.discard)
            await recordings.settle({ ...input, status: 'discarded', durationMs: there.durationS * 1000 });
          else await copy(input, there);
        }
        const after = await recordings.readRecording(input);
        if (!after || after.status === 'pending') throw new AppError('unexpected', 'the recording was not settled');
        if (!after.isOursAlone) {
          await carrier.remove(input);
          await recordings.markOursAlone(input);
        }
        return { status: after.status, durationMs: after.durationMs ?? 0 };
      }),
  };
}
