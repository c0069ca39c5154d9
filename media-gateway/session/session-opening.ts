import { greetingLine, handoverLine, resumeLine } from './instructions.ts';
import type { ResumptionHandle } from './open-model.ts';
import type { SessionDeps, SessionStart } from './session-deps.ts';
import { hasNotBegun, ownHandle, recall, type Said, saidIn } from './session-memory.ts';

/** How the first model session of an epoch begins. */
export interface SessionOpening {
  /** What was said in earlier epochs. */
  earlier: Said[];
  /** By which the assistant's conversation is resumed. */
  handle: ResumptionHandle | undefined;
  /**
   * What the model is told. `waits`: nothing, it is the caller's turn as before. `goesOn`: the assistant had spoken.
   * `begins`: it speaks for the first time.
   */
  first: { type: 'waits' } | { type: 'goesOn' | 'begins'; line: string };
}

/** Never rejects: an epoch whose past cannot be read begins without it. */
export async function openingOf(
  start: SessionStart,
  { line, log }: Pick<SessionDeps, 'line' | 'log'>,
): Promise<SessionOpening> {
  const { resumed, unnoticed, handedOver, assistant, asking } = start;
  const memory = resumed || handedOver ? await recall(line, log) : undefined;
  const earlier = saidIn(memory);
  const left = resumed ? ownHandle(memory, start) : undefined;
  const handle = left === undefined ? undefined : { modelId: assistant.model.modelId, handle: left };
  if (unnoticed) return { earlier, handle, first: { type: 'waits' } };
  if (resumed && !hasNotBegun(memory, start)) {
    const goesOn = resumeLine(assistant, { apologise: true, ...(asking !== undefined && { asking }) });
    return { earlier, handle, first: { type: 'goesOn', line: goesOn } };
  }
  const takesOver = handedOver || earlier.some(({ speaker }) => speaker === 'assistant');
  const begins = takesOver ? handoverLine(assistant) : greetingLine(assistant);
  return { earlier, handle, first: { type: 'begins', line: begins } };
}
