import type { ExpectedRecording } from '../../simulator/scenarios/scenario.ts';
import { recogniseHeard } from '../../simulator/speech/ear.ts';
import type { NetworkRecord } from './network-client.ts';
import type { StoredCall, StoredRecording } from './stored-call.ts';

export interface FlowExpectations {
  /** The flow's steps, each as `node outcome`, but for those that only wait. */
  path?: readonly string[];
  /** What the flow says, in order. */
  says?: readonly string[];
  /** What the flow marked the call with. */
  tags?: readonly string[];
  /** How many notices its webhooks took. */
  notices?: number;
  /** All recordings of the call. */
  recordings?: readonly ExpectedRecording[];
}

/** What is wrong with the way that a call took through its flow, with what the flow said, and with what was recorded. */
export function flowFaults(
  { timeline }: Pick<NetworkRecord, 'timeline'>,
  { path, recordings, tags, notices }: Pick<StoredCall, 'path' | 'recordings' | 'tags' | 'notices'>,
  expected: FlowExpectations,
): string[] {
  const says = timeline.flatMap(({ kind, text }) => (kind === 'say' && typeof text === 'string' ? [text] : []));
  return [
    ...listFaults('the flow went', path, expected.path),
    ...listFaults('the flow said', says, expected.says),
    ...listFaults('the call is marked', tags, expected.tags),
    ...(expected.notices === undefined || expected.notices === notices
      ? []
      : [`webhooks took ${notices} notices, not ${expected.notices}`]),
    ...(expected.recordings ? recordingFaults(recordings, expected.recordings) : []),
  ];
}

function listFaults(what: string, found: readonly string[], wanted: readonly string[] | undefined): string[] {
  if (!wanted || found.join('\n') === wanted.join('\n')) return [];
  const at = wanted.findIndex((one, index) => found[index] !== one);
  const index = at < 0 ? wanted.length : at;
  return [`${what}, as number ${index + 1}, "${found[index] ?? 'nothing'}" and not "${wanted[index] ?? 'nothing'}"`];
}

function recordingFaults(found: readonly StoredRecording[], wanted: readonly ExpectedRecording[]): string[] {
  if (found.length !== wanted.length) return [`${found.length} recordings are stored, not ${wanted.length}`];
  return wanted.flatMap(({ kind, status = 'kept', holds = [], lacks = [] }, index) => {
    const recording = found[index];
    if (!recording || recording.kind !== kind || recording.status !== status)
      return [`recording ${index + 1} is ${recording?.kind} and ${recording?.status}, not ${kind} and ${status}`];
    const heard = recogniseHeard(recording.caller).filter(({ heardWords }) => heardWords.length > 0);
    const ids = heard.filter(({ complete }) => complete).map(({ phraseId }) => phraseId);
    return [
      ...(recording.isOursAlone ? [] : [`the carrier still has recording ${index + 1}`]),
      ...holds.filter((phraseId) => !ids.includes(phraseId)).map((id) => `recording ${index + 1} does not hold ${id}`),
      ...lacks
        .filter((phraseId) => heard.some((one) => one.phraseId === phraseId))
        .map((id) => `recording ${index + 1} holds ${id}`),
    ];
  });
}
