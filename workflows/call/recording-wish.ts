/** What of a call is to be recorded, by what its flow and its callers have said. Pure. */
import type { CoreState } from './call-state.ts';

/** What the flow wants; `off`: it has asked for nothing, or for the end of the recording. */
export type RecordingWish = 'off' | 'on' | 'paused';
type Action = 'start' | 'pause' | 'resume' | 'stop';

/** A pause or its end means nothing where nothing is recorded. */
export function recordingOrdered(wish: RecordingWish, action: Action): RecordingWish {
  if (action === 'start') return 'on';
  if (action === 'stop' || wish === 'off') return 'off';
  return action === 'pause' ? 'paused' : 'on';
}

/** What the carrier ought to be doing now. */
export function dueOf(state: CoreState): RecordingWish {
  return state.recording === 'on' && isSensitiveNow(state) ? 'paused' : state.recording;
}

/** Whether the caller is being asked for, or types, what nobody may hear. */
export function isSensitiveNow({ answer, visit, phase }: CoreState): boolean {
  if (visit?.asking !== undefined || visit?.typesOn) return true;
  const last = phase === 'ended' ? undefined : answer?.instructions.at(-1);
  return last?.type === 'gather' && last.sensitive === true;
}

/** Whether the carrier may record something of its own that it tells later, or never. */
export function mayTakeMessage({ phase, answer }: CoreState): boolean {
  if (phase === 'adopted') return true;
  const last = answer?.instructions.at(-1);
  if (last?.type === 'degraded') return last.plan.steps.some(({ type }) => type === 'voicemail');
  return last?.type === 'voicemail';
}
