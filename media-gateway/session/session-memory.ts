/** What was said before this epoch, and how a model is told of it. */
import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { CallLine, Memory } from './session-deps.ts';
import { within } from './within.ts';

export interface Said {
  speaker: 'caller' | 'assistant';
  text: string;
}

const MEMORY_WITHIN_MS = 800;

/** What an earlier epoch left behind; nothing where that cannot be read in time. Never rejects. */
export function recall(line: Pick<CallLine, 'readMemory'>, log: Logger): Promise<Memory> {
  const nothing: Memory = { turns: [] };
  const recalled = line.readMemory().catch((failure: unknown) => {
    log.warn({ reason: messageOf(failure) }, 'no memory of the earlier epoch');
    return nothing;
  });
  return within(recalled, MEMORY_WITHIN_MS, nothing);
}

export function saidIn({ turns }: Memory): Said[] {
  return turns.flatMap(({ speaker, heardText: text }) =>
    text === '' || speaker === 'agent' ? [] : [{ speaker, text }],
  );
}

/** What the caller said last, and what he heard after it. */
export function lastExchange(history: readonly Said[]): { callerWords?: string; heard?: string } {
  const index = history.findLastIndex(({ speaker }) => speaker === 'caller');
  const callerWords = history[index]?.text;
  const heard = history.slice(index + 1).map(({ text }) => text);
  return { ...(callerWords && { callerWords }), ...(heard.length > 0 && { heard: heard.join(' ') }) };
}
