/**
 * Has the carrier record what the flow wants recorded, and every recording kept.
 *
 * (a) One request at a time, each for what is due then: what changed meanwhile is the next one's.
 * (b) Before a caller is asked for something sensitive, the recording is paused. Where the carrier does not confirm it in
 *     time, the caller is asked all the same and the recording is never kept.
 * (c) A recording is kept as soon as it is over; those that nobody has told of are looked for when the call has ended.
 */
import { condition, patched, proxyActivities } from '@temporalio/workflow';
import type { createRecordingActivities, KeepRecordingInput } from '../../activities/recording-activities.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';
import { carrierCall } from './at-carrier.ts';
import type { CoreState } from './call-state.ts';
import { dueOf, isSensitiveNow, mayTakeMessage, type RecordingWish } from './recording-wish.ts';

type RecordingActivities = ReturnType<typeof createRecordingActivities>;

/** The carrier's own question is answered within two seconds. */
export const pauseWithinMs = 1_200;

export function createCallRecording(call: CallInput, state: () => CoreState) {
  const { tenantId, callId, carrier } = call;
  const live = proxyActivities<RecordingActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '5s',
    scheduleToCloseTimeout: '30s',
    retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '4s' },
  });
  // A carrier takes from a second to some minutes until the sound is ready, and may be away for a day.
  const later = proxyActivities<RecordingActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    scheduleToCloseTimeout: '2d',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
  });
  let actual: RecordingWish = 'off';
  let recordingId: string | undefined;
  let isBusy = false;
  /** The carrier does what it does: it cannot be told any more. */
  let isLeft = false;
  /** The carrier may have recordings that nobody has told us of. */
  let isToBeSearched = false;
  const exposed = new Set<string>();
  /** The same for a recording whose beginning is not confirmed yet. */
  let isStartExposed = false;
  const keeping = new Map<string, Promise<unknown>>();

  function keep(id: string, kind: KeepRecordingInput['kind']): void {
    if (keeping.has(id)) return;
    const input = { tenantId, callId, accountId: carrier.accountId, recordingId: id, kind };
    // What cannot be kept stays at the carrier, with a row that says so.
    const kept = later.keepRecording({ ...input, ...(exposed.has(id) && { discard: true }) }).catch(() => undefined);
    keeping.set(id, kept);
  }

  async function change(due: RecordingWish): Promise<void> {
    const target = carrierCall(call, state());
    if (recordingId === undefined) {
      isToBeSearched = true;
      const started = await live.startRecording(target);
      if (started === 'call-ended') isLeft = true;
      else recordingId = started.recordingId;
      if (recordingId !== undefined && isStartExposed) exposed.add(recordingId);
      isStartExposed = false;
      actual = 'on';
      return;
    }
    const action = due === 'off' ? 'stop' : due === 'paused' ? 'pause' : 'resume';
    if ((await live.changeRecording({ ...target, recordingId, action })) === 'call-ended') isLeft = true;
    actual = due;
    if (due !== 'off') return;
    keep(recordingId, 'call');
    recordingId = undefined;
  }

  async function follow(): Promise<void> {
    isBusy = true;
    while (!isLeft && !state().carrierEnd && isChangeDue(dueOf(state()))) {
      try {
        await change(dueOf(state()));
      } catch {
        isLeft = true;
      }
    }
    isBusy = false;
  }

  /** Nothing is begun only to be paused. */
  const isChangeDue = (due: RecordingWish): boolean => due !== actual && !(due === 'paused' && actual === 'off');
  /** Whether something sensitive would be recorded now. */
  const isHeard = (): boolean => isSensitiveNow(state()) && (isBusy || (recordingId !== undefined && actual === 'on'));

  async function untilPaused(withinMs = pauseWithinMs): Promise<void> {
    if (await condition(() => !isHeard(), withinMs)) return;
    if (recordingId !== undefined) exposed.add(recordingId);
    else isStartExposed = true;
  }

  return {
    /** Notes what a change of state means for the recording. */
    follow: (before: CoreState, after: CoreState): void => {
      isToBeSearched ||= mayTakeMessage(after);
      if (!isBusy && !isLeft && isChangeDue(dueOf(after))) void follow();
      if (after.visit?.asking !== undefined && before.visit?.asking === undefined && isHeard()) void untilPaused();
    },

    isHeard,
    /** For as long as the caller can wait to be asked for something sensitive. */
    untilPaused,

    /** The carrier has said that a message was left. */
    keepMessage: (id: string | undefined): void => {
      if (id !== undefined) keep(id, 'voicemail');
    },

    /** What a message whose caller hung up came to, where the carrier has not told: the newest that is not known. */
    findMessage: async (): Promise<{ recordingId: string; durationS: number } | undefined> => {
      const found = await live.listRecordings(carrierCall(call, state())).catch(() => []);
      const message = found.find((one) => one.kind === 'voicemail' && !keeping.has(one.recordingId));
      if (!message) return undefined;
      const { recordingId: id, durationS, status } = message;
      return { recordingId: id, durationS: status === 'pending' ? Math.max(1, durationS) : durationS };
    },

    /** The call has ended: keeps what it has left, and waits until all of it is kept. */
    finish: async (): Promise<void> => {
      if (isBusy) await condition(() => !isBusy);
      if (recordingId !== undefined) keep(recordingId, 'call');
      // Calls that began before recordings were kept.
      if (isToBeSearched && patched('recordings'))
        for (const { recordingId: id, kind } of await later
          .listRecordings(carrierCall(call, state()))
          .catch(() => [])) {
          if (kind === 'call' && isStartExposed) exposed.add(id);
          keep(id, kind);
        }
      if (keeping.size > 0) await Promise.all(keeping.values());
    },
  };
}
