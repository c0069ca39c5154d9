/** What was said before this epoch, and how a model is told of it. */
import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { CallLine, Memory, SessionStart } from './session-deps.ts';
import { within } from './within.ts';

export interface Said {
  speaker: 'caller' | 'assistant';
  text: string;
}

const MEMORY_WITHIN_MS = 800;

/** What an earlier epoch left behind; undefined where that cannot be read in time. Never rejects. */
export function recall(line: Pick<CallLine, 'readMemory'>, log: Logger): Promise<Memory | undefined> {
  const recalled = line.readMemory().catch((failure: unknown) => {
    log.warn({ reason: messageOf(failure) }, 'no memory of the earlier epoch');
    return undefined;
  });
  return within(recalled, MEMORY_WITHIN_MS, undefined);
}

export function saidIn(memory: Memory | undefined): Said[] {
  return (memory?.turns ?? []).flatMap(({ speaker, heardText: text }) =>
    text === '' || speaker === 'agent' ? [] : [{ speaker, text }],
  );
}

/** Whether the assistant of this visit is known to have said nothing before its stream was lost. */
export function hasNotBegun(memory: Memory | undefined, { visitSinceMs }: Pick<SessionStart, 'visitSinceMs'>): boolean {
  if (!memory || visitSinceMs === undefined) return false;
  return !memory.turns.some(({ speaker, endMs }) => speaker === 'assistant' && endMs > visitSinceMs);
}

/** The handle of this visit's own session; where nobody knows whose it is, it is taken for one. */
export function ownHandle(memory: Memory | undefined, { visit }: Pick<SessionStart, 'visit'>): string | undefined {
  const left = memory?.handle;
  const isOwn = left?.visit === undefined || visit === undefined || left.visit === visit;
  return isOwn ? left?.handle : undefined;
}

/** What the caller said last, and what he heard after it. */
export function lastExchange(history: readonly Said[]): { callerWords?: string; heard?: string } {
  const index = history.findLastIndex(({ speaker }) => speaker === 'caller');
  const callerWords = history[index]?.text;
  const heard = history.slice(index + 1).map(({ text }) => text);
  return { ...(callerWords && { callerWords }), ...(heard.length > 0 && { heard: heard.join(' ') }) };
}
