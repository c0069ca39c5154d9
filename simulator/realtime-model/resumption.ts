import { randomBytes } from 'node:crypto';

import { invalid, reasons, type Refusal } from './refusal.ts';
import type { MindState } from './mind.ts';
import type { Context } from './usage.ts';

/** What a session remembers between two connections. */
export interface Memory {
  readonly mind: MindState;
  readonly context: Context;
  /** What was said, by either side. */
  readonly known: string;
  /** Whether it has been asked to speak before. */
  readonly begun: boolean;
  /** When the first connection of the session was opened. */
  readonly startedAtMs: number;
}

export interface ResumptionStore {
  /** A new handle for what the session knows now. */
  save(sessionId: string, memory: Memory): string;
  /** What the handle stands for, or the refusal. Handles live two hours; their session must have ended. */
  restore(handle: string, atMs: number): Memory | Refusal;
  opened(sessionId: string): void;
  ended(sessionId: string, atMs: number): void;
}

const validMs = 2 * 3_600_000;
const mostHandles = 5000;

export function createResumptionStore(): ResumptionStore {
  const handles = new Map<string, { sessionId: string; memory: Memory }>();
  const open = new Set<string>();
  const endedAtMs = new Map<string, number>();
  return {
    save(sessionId, memory) {
      const handle = randomBytes(24).toString('base64url');
      handles.set(handle, { sessionId, memory });
      const oldest = handles.keys().next().value;
      if (handles.size > mostHandles && oldest !== undefined) handles.delete(oldest);
      return handle;
    },
    restore(handle, atMs) {
      const found = handles.get(handle);
      if (!found) return invalid('unknown resumption handle');
      if (open.has(found.sessionId)) {
        return { code: 1011, reason: reasons.internal, detail: 'resumption while the old connection is open' };
      }
      const ended = endedAtMs.get(found.sessionId);
      if (ended !== undefined && atMs - ended > validMs) return invalid('resumption handle has expired');
      return found.memory;
    },
    opened: (sessionId) => void open.add(sessionId),
    ended(sessionId, atMs) {
      open.delete(sessionId);
      endedAtMs.set(sessionId, atMs);
      const oldest = endedAtMs.keys().next().value;
      if (endedAtMs.size > mostHandles && oldest !== undefined) endedAtMs.delete(oldest);
    },
  };
}
