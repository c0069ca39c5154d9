import type { NetworkRecord } from './network-client.ts';

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What is quieter than this, as root mean square of 16-bit samples, is a line's own noise. */
const audibleRms = 40;

/**
 * The longest that the caller heard nothing while it was not his turn: after the call was answered, after each of his
 * utterances, and between two sounds of the far end. Where he speaks up himself the silence ends there. Keys that he
 * presses count as his turn.
 */
export function longestAnswerSilenceMs(record: NetworkRecord): number {
  const { answeredAtMs, endedAtMs = 0, heard, said, timeline } = record;
  if (answeredAtMs === undefined) return 0;
  const sounds = heard.filter(({ rms, endMs }) => rms >= audibleRms && endMs > answeredAtMs);
  const pressed = timeline.filter(({ kind }) => kind === 'dtmf').map(({ atMs }) => ({ startMs: atMs, endMs: atMs }));
  const caller = [...said, ...pressed];
  const dueAtMs = [answeredAtMs, ...sounds.map(({ endMs }) => endMs), ...said.map(({ endMs }) => endMs)];
  const silences = dueAtMs.flatMap((fromMs) => {
    if (isWithin(fromMs, sounds) || isWithin(fromMs, said)) return [];
    const nextSoundMs = nextAfter(fromMs, sounds);
    const nextCallerMs = nextAfter(fromMs, caller);
    const callerSpokeLast = said.some(({ endMs }) => endMs === fromMs) || fromMs === answeredAtMs;
    // The assistant had finished, and the caller took his turn or hung up.
    if (!callerSpokeLast && (nextCallerMs <= nextSoundMs || nextSoundMs === Infinity)) return [];
    return [Math.min(nextSoundMs, nextCallerMs, endedAtMs) - fromMs];
  });
  return Math.round(Math.max(0, ...silences));
}

function isWithin(atMs: number, spans: readonly Span[]): boolean {
  return spans.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
}

function nextAfter(atMs: number, spans: readonly Span[]): number {
  return Math.min(Infinity, ...spans.filter(({ startMs }) => startMs >= atMs).map(({ startMs }) => startMs));
}
